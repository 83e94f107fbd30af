import { expect, test } from "vitest";
import type { Provider } from "./api";
import { cleanKey, ending, otherOwner, proposeProvider } from "./keys";

const provider = (name: string, ...keyPrefixes: string[]) => ({ name, keyPrefixes, requiresBaseUrl: name === "custom" }) as Provider;
const OPENAI = provider("openai", "sk-proj-", "sk-");
const ANTHROPIC = provider("anthropic", "sk-ant-");
const CUSTOM = provider("custom");
const ALL = [OPENAI, ANTHROPIC, CUSTOM];

test.each([
  ["  sk-abc \n", "sk-abc"],
  ['"sk-abc"', "sk-abc"],
  ["‘sk-abc’,", "sk-abc"],
  ["OPENAI_API_KEY=sk-abc", "sk-abc"],
  ["export OPENAI_API_KEY='sk-abc'", "sk-abc"],
  ['{"type": "service_account"}', '{"type": "service_account"}'],
])("%j is the key %j", (pasted, key) => {
  expect(cleanKey(pasted)).toBe(key);
});

test("the longest prefix proposes the provider", () => {
  expect(proposeProvider("sk-ant-api03-x", ALL)?.name).toBe("anthropic");
  expect(proposeProvider("sk-x", ALL)?.name).toBe("openai");
  expect(proposeProvider("sk-", ALL)).toBeUndefined();
  expect(proposeProvider("gsk_x", ALL)).toBeUndefined();
});

test("only a prefix that is nobody else's tells that a key belongs elsewhere", () => {
  expect(otherOwner("sk-ant-api03-x", OPENAI, ALL)?.name).toBe("anthropic");
  expect(otherOwner("sk-x", ANTHROPIC, ALL)).toBeUndefined();
  expect(otherOwner("sk-ant-api03-x", CUSTOM, ALL)).toBeUndefined();
});

test("of a key only its end is shown, and of a short one nothing", () => {
  expect(ending("sk-ant-0123456789x7Qd")).toBe("…x7Qd");
  expect(ending("sk-12")).toBe("…");
});
