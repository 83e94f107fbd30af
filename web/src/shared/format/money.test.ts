import { expect, test } from "vitest";
import { usd } from "./money";

test.each([
  [12.84, "$12.84"],
  [1234.5, "$1,234.50"],
  [0.41, "$0.41"],
  [0.00004, "$0.00004"],
  [0.0003151, "$0.00032"],
  [0.000000001, "$0.000000001"],
  [0, "$0"],
  [-0.5, "-$0.50"],
  [null, "–"],
])("%s is %s", (amount, text) => {
  expect(usd(amount)).toBe(text);
});
