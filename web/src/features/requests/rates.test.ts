import { expect, test } from "vitest";
import { ratesOf } from "./rates";

test("rates are for a million tokens, fees for one thing", () => {
  expect(ratesOf({ input: { base: 150_000_000 }, cache_write: { base: 1e9 }, per_request: 5_000_000, source: "list", search_once: true })).toEqual([
    { label: "Input", amount: 0.15, perMillion: true },
    { label: "Cache write", amount: 1, perMillion: true },
    { label: "Per request", amount: 0.005, perMillion: false },
  ]);
  expect(ratesOf(null)).toEqual([]);
});
