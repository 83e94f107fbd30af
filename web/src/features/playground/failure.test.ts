import { expect, test } from "vitest";
import { brokenOff, failureOf } from "./failure";

const MESSAGE = "This key may not call gpt-4o.";

test.each([
  ["OpenAI", { error: { message: MESSAGE, type: "permission_error", code: "forbidden" } }],
  ["Anthropic", { type: "error", error: { type: "permission_error", message: MESSAGE } }],
  ["Gemini", { error: { code: 403, message: MESSAGE, status: "PERMISSION_DENIED" } }],
  ["Ollama", { error: MESSAGE }],
])("the reason is told in the format of %s, with its status and whose fault it is", (_, answer) => {
  expect(failureOf(403, answer)).toMatchObject({ whose: "Permission", what: `${MESSAGE} (403)` });
});

test("a code says more than the status", () => {
  const blocked = { error: { message: 'Blocked by the policy "No names".', code: "policy_violation" } };
  expect(failureOf(403, blocked)).toMatchObject({ whose: "Policy" });
});

test.each([
  [402, "Provider"],
  [404, "Model"],
  [429, "Too many requests"],
  [502, "Provider"],
  [500, "Server"],
  [422, "Request"],
])("status %i is the fault of: %s", (status, whose) => {
  expect(failureOf(status, null)).toMatchObject({ whose, what: `The answer gives no reason. (${status})` });
});

test.each([
  ["OpenAI's chat", { error: { message: "Overloaded" } }],
  ["OpenAI's responses", { type: "response.failed", response: { error: { code: "server_error", message: "Overloaded" } } }],
  ["their other one", { type: "error", code: "server_error", message: "Overloaded" }],
  ["Anthropic", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }],
])("an event that ends a stream of %s is a failure", (_, event) => {
  expect(brokenOff(event)).toMatchObject({ whose: "Provider", what: "Overloaded" });
});

test.each([null, "text", {}, { choices: [] }, { type: "response.created", response: { error: null } }])("%j is no failure", (event) => {
  expect(brokenOff(event)).toBeNull();
});
