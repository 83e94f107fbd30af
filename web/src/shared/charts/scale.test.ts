import { expect, test } from "vitest";
import { apart, spread, ticks } from "./scale";

test("ticks are round and reach the top", () => {
  expect(ticks(3.8)).toEqual([0, 1, 2, 3, 4]);
  expect(ticks(0.00007)).toEqual([0, 0.00002, 0.00004, 0.00006, 0.00008]);
  expect(ticks(0)).toEqual([0, 1]);
  expect(ticks(1000).at(-1)).toBe(1000);
});

test("labels are spread evenly", () => {
  expect(spread(7, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(spread(56, 7)).toEqual([0, 8, 16, 24, 32, 40, 48]);
});

test("a label that would run into the next one is left out", () => {
  expect(apart([0, 1, 9, 17], 5)).toEqual([1, 9, 17]);
  expect(apart([], 5)).toEqual([]);
});
