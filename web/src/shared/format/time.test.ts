import { expect, test } from "vitest";
import { ago, duration } from "./time";

const NOW = Date.parse("2026-11-29T12:00:00Z");

test.each([
  ["2026-11-29T11:59:58Z", "just now"],
  ["2026-11-29T11:59:18Z", "42 sec. ago"],
  ["2026-11-29T11:56:00Z", "4 min. ago"],
  ["2026-11-29T09:00:00Z", "3 hr. ago"],
  ["2026-11-28T11:00:00Z", "yesterday"],
  ["2026-12-02T12:00:00Z", "in 3 days"],
  ["2024-11-29T12:00:00Z", "2 yr. ago"],
])("%s is %s", (moment, text) => {
  expect(ago(moment, NOW)).toBe(text);
});

test.each([
  [88, "88 ms"],
  [2310, "2.3 s"],
  [61_000, "61 s"],
  [null, "–"],
])("%s is %s", (value, text) => {
  expect(duration(value)).toBe(text);
});
