import { expect, test } from "vitest";
import type { Budget } from "./api";
import { arePercents, begin, draftOf, isAmount } from "./form";

test("a new budget is hard, monthly, and for the whole workspace", () => {
  expect(draftOf({ ...begin(null), name: " All ", amount: " 25 ", timeZone: "UTC" })).toEqual({
    name: "All", subject: "workspace", subjectId: null, amount: "25", period: "month", timeZone: "UTC", hard: true, thresholds: [80, 100], defaultPrice: null,
  });
});

test("amounts stay the exact texts that they are", () => {
  const budget = {
    name: "Night", subject: "tag", subjectId: "night", amount: "0.000000001", period: "day", timeZone: "UTC", hard: false, thresholds: [50], defaultPrice: { input: "3", output: "15" },
  } as unknown as Budget;
  expect(draftOf(begin(budget))).toMatchObject({ amount: "0.000000001", subjectId: "night", thresholds: [50], defaultPrice: { input: "3", output: "15" } });
});

test.each([
  ["25", true], ["0.50", true], ["0", false], ["-1", false], ["1,5", false], ["", false], ["1e3", false],
])("%s is an amount: %s", (text, is) => {
  expect(isAmount(text)).toBe(is);
});

test.each([
  [["50", "100"], true], [[], true], [["0"], false], [["1001"], false], [["ten"], false],
])("%j are per cents: %s", (given, are) => {
  expect(arePercents(given)).toBe(are);
});
