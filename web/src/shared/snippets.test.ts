import { beforeAll, expect, test, vi } from "vitest";
import type { Sent } from "./snippets";

const SERVER = "https://gate.example/ai";
const CALL: Sent = {
  method: "POST",
  path: "/v1/chat/completions",
  body: { model: "work", messages: [{ role: "user", content: "It's" }], stream: false },
};
let write: (typeof import("./snippets"))["snippet"];

beforeAll(async () => {
  vi.stubGlobal("document", { baseURI: `${SERVER}/console/` });
  write = (await import("./snippets")).snippet;
});

test("curl quotes for the shell and takes the key from the environment", () => {
  expect(write("curl", CALL, SERVER)).toBe(
    `curl 'https://gate.example/ai/v1/chat/completions' \\
  -H "Authorization: Bearer $TRUNKLINE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
  "model": "work",
  "messages": [
    {
      "role": "user",
      "content": "It'\\''s"
    }
  ],
  "stream": false
}'`,
  );
});

test("curl names a method that it would not take by itself", () => {
  expect(write("curl", { method: "DELETE", path: "/api/keys/1" }, SERVER)).toContain("curl -X DELETE 'https://gate.example/ai/api/keys/1'");
  expect(write("curl", { method: "POST", path: "/api/x" }, SERVER)).toContain("-X POST");
});

test("a chat in Python is OpenAI's library's, with Python's own constants", () => {
  const code = write("python", CALL, SERVER);
  expect(code).toContain(`client = OpenAI(base_url="https://gate.example/ai/v1", api_key=os.environ["TRUNKLINE_API_KEY"])`);
  expect(code).toContain("    stream=False,");
  expect(code).toContain(`"content": "It's",`);
});

test("a key that was just made stands in the snippet", () => {
  for (const language of ["curl", "python", "typescript"] as const) {
    const code = write(language, { ...CALL, apiKey: "tl-1" }, SERVER);
    expect(code).toContain("tl-1");
    expect(code).not.toContain("TRUNKLINE_API_KEY");
  }
});

test("what is no chat is a plain request", () => {
  expect(write("python", { method: "GET", path: "/api/usage" }, SERVER)).toContain(`"https://gate.example/ai/api/usage",`);
  expect(write("typescript", { method: "PATCH", path: "/api/keys/1", body: { name: "a" } }, SERVER)).toContain(`method: "PATCH"`);
});

test("a stream is read piece by piece", () => {
  const streamed = { ...CALL, body: { model: "work", messages: [], stream: true } };
  expect(write("python", streamed, SERVER)).toContain("for chunk in stream:");
  expect(write("typescript", streamed, SERVER)).toContain("for await (const chunk of stream)");
});
