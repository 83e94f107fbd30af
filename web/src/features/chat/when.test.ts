import { expect, test } from "vitest";
import { when } from "./when";

const NOW = new Date(2026, 10, 27, 15, 0);

test.each([
  [new Date(2026, 10, 27, 14, 59, 30), /^now$/],
  [new Date(2026, 10, 27, 14, 2), /2:02|14:02/],
  [new Date(2026, 10, 26, 23, 59), /^Yesterday$/],
  [new Date(2026, 10, 24, 9), /^Tue/],
  [new Date(2026, 10, 3), /3/],
  [new Date(2024, 10, 3), /2024/],
])("%s is shown shortly", (at, text) => {
  expect(when(at.toISOString(), NOW)).toMatch(text);
});
