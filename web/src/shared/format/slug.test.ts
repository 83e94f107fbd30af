import { expect, test } from "vitest";
import { slugify } from "./slug";

test.each([
  ["Summaries of mail", "summaries-of-mail"],
  ["Ça va?", "ca-va"],
  ["  --GPT 4o mini-- ", "gpt-4o-mini"],
  ["日本", ""],
  [`${"a".repeat(63)} b`, "a".repeat(63)],
])("%s is %s", (name, slug) => {
  expect(slugify(name)).toBe(slug);
});
