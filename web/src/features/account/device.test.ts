import { expect, test } from "vitest";
import { nameDevice } from "./device";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1", "Safari on iOS"],
  ["curl/8.9", "curl"],
  ["my-program/1", "my-program/1"],
  ["", "An unknown program"],
])("%j is %s", (agent, name) => {
  expect(nameDevice(agent)).toBe(name);
});
