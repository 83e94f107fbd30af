import { expect, test } from "vitest";
import { type Choice, findChoice, slugOf } from "./choices";

const WORK: Choice = { kind: "configuration", value: "Work", name: "Work", model: "gpt-4o", provider: "openai", id: "1" };

test("a configuration is found by its name, and with another model by both", () => {
  expect(findChoice([WORK], "Work")).toBe(WORK);
  expect(findChoice([WORK], "Work/gpt-4.1")).toEqual({ ...WORK, value: "Work/gpt-4.1", name: "Work/gpt-4.1", model: "gpt-4.1" });
});

test("what is not there any more is shown by its name", () => {
  expect(findChoice([], "Gone")).toMatchObject({ kind: "configuration", name: "Gone", value: "Gone", model: null });
  expect(findChoice([], "feature/poet")).toMatchObject({ kind: "feature", name: "poet" });
});

test.each([
  ["feature/summarizer", "summarizer"],
  ["Work", null],
])("the slug of %s is %s", (value, slug) => {
  expect(slugOf(value)).toBe(slug);
});
