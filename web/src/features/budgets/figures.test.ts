import { expect, test } from "vitest";
import { figuresOf } from "./figures";

const budget = (amount: string, spent: string, reserved = "0", forecast: string | null = null) => ({
  amount, spent, reserved, left: String(Math.max(0, Number(amount) - Number(spent) - Number(reserved))), forecast,
});

test("what is spent and held are shares of the amount", () => {
  expect(figuresOf(budget("20", "5", "1"))).toMatchObject({ spentShare: 0.25, reservedShare: 0.05, left: 14, tone: "good" });
});

test("what goes beyond fills the bar and no more", () => {
  expect(figuresOf(budget("10", "12", "3"))).toMatchObject({ spentShare: 1, reservedShare: 0, used: 1.2, tone: "bad" });
});

test.each([
  ["7.9", null, "good"],
  ["8", null, "fair"],
  ["1", "11", "fair"],
  ["10", "10", "bad"],
])("of 10, %s spent with %s foreseen is %s", (spent, forecast, tone) => {
  expect(figuresOf(budget("10", spent, "0", forecast)).tone).toBe(tone);
});

test("a forecast is marked between what is spent and the end of the bar", () => {
  expect(figuresOf(budget("10", "2", "0", "6")).forecastShare).toBe(0.6);
  expect(figuresOf(budget("10", "2", "0", "60")).forecastShare).toBeNull();
  expect(figuresOf(budget("10", "2")).forecastShare).toBeNull();
});
