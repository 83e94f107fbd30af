import { expect, test } from "vitest";
import { cosine, outputTokensOf, textOf } from "./readText";

test.each([
  ["a chat completion", { choices: [{ message: { content: "Hi" } }] }],
  ["its chunk", { choices: [{ delta: { content: "Hi" } }] }],
  ["a message", { content: [{ type: "text", text: "Hi" }] }],
  ["its event", { type: "content_block_delta", delta: { type: "text_delta", text: "Hi" } }],
  ["a response", { output: [{ type: "message", content: [{ type: "output_text", text: "Hi" }] }] }],
  ["its event", { type: "response.output_text.delta", delta: "Hi" }],
  ["Gemini's answer", { candidates: [{ content: { parts: [{ text: "Hi" }] } }] }],
])("the text of %s is found", (_, answer) => {
  expect(textOf(answer)).toBe("Hi");
});

test.each([null, "text", {}, { choices: [{}] }, { candidates: [{}] }, { type: "ping" }])("nothing is found in %j", (answer) => {
  expect(textOf(answer)).toBe("");
});

test("tokens are found by the name of each format", () => {
  expect(outputTokensOf({ usage: { completion_tokens: 7 } })).toBe(7);
  expect(outputTokensOf({ type: "response.completed", response: { usage: { output_tokens: 8 } } })).toBe(8);
  expect(outputTokensOf({ usageMetadata: { candidatesTokenCount: 9 } })).toBe(9);
  expect(outputTokensOf({})).toBeNull();
});

test("alike vectors are 1, unlike ones 0", () => {
  expect(cosine([1, 2], [2, 4])).toBeCloseTo(1);
  expect(cosine([1, 0], [0, 3])).toBe(0);
  expect(cosine([0, 0], [1, 1])).toBe(0);
});
