import { expect, test } from "vitest";
import { isSame, rebalance, type Shares, WHOLE } from "./shares";

const sum = (shares: Shares) => Object.values(shares).reduce((total, share) => total + share, 0);

test("two versions share what there is", () => {
  expect(rebalance({ a: 5_000, b: 5_000 }, "b", 3_000)).toEqual({ a: 7_000, b: 3_000 });
  expect(rebalance({ a: 5_000, b: 5_000 }, "b", 10_000)).toEqual({ a: 0, b: 10_000 });
});

test("others keep their proportion, in whole percents where that can be", () => {
  expect(rebalance({ a: 6_000, b: 3_000, c: 1_000 }, "c", 4_000)).toEqual({ a: 4_000, b: 2_000, c: 4_000 });
  expect(rebalance({ a: 3_400, b: 3_300, c: 3_300 }, "a", 0)).toEqual({ a: 0, b: 5_000, c: 5_000 });
  expect(rebalance({ a: 10_000, b: 0, c: 0 }, "a", 0)).toEqual({ a: 0, b: 5_000, c: 5_000 });
});

test("whatever is asked for, all sum to the whole", () => {
  for (let asked = -50; asked <= 10_050; asked += 7) {
    const next = rebalance({ a: 3_333, b: 1_250, c: 5_417 }, "b", asked);
    expect(sum(next)).toBe(WHOLE);
    expect(Math.min(...Object.values(next))).toBeGreaterThanOrEqual(0);
  }
  expect(rebalance({ a: 1 }, "a", 4)).toEqual({ a: WHOLE });
});

test("the same shares are the same", () => {
  expect(isSame({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  expect(isSame({ a: 1 }, { a: 2 })).toBe(false);
});
