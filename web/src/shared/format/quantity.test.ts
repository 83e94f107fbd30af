import { expect, test } from "vitest";
import { count, percent } from "./quantity";

test.each([
  [0, "0"],
  [37_699, "37,699"],
  [30_500_000, "30.5M"],
  [null, "–"],
])("a count of %s is %s", (value, text) => {
  expect(count(value)).toBe(text);
});

test.each([
  [0, "0.0%"],
  [0.002, "0.2%"],
  [0.061, "6.1%"],
  [0.9995, "99.95%"],
  [1, "100%"],
  [undefined, "–"],
])("a share of %s is %s", (share, text) => {
  expect(percent(share)).toBe(text);
});
