import { expect, test } from "vitest";
import { grainOf, groups, spanOf } from "./span";

const NOW = Date.parse("2026-11-30T10:07:00Z");

const hourOf = (moment: string) => new Date(moment).getUTCHours();

test("a preset ends with the quarter of an hour that is under way", () => {
  expect(spanOf({ preset: "24h" }, NOW)).toEqual({ from: "2026-11-29T10:15:00.000Z", to: "2026-11-30T10:15:00.000Z" });
  expect(spanOf({ from: "2026-11-01", to: "2026-11-07" }, NOW)).toEqual({ from: "2026-11-01", to: "2026-11-07" });
});

test("a week has bars of three hours, a month of days", () => {
  expect(grainOf({ from: "2026-11-01", to: "2026-11-07" }).hours).toBe(3);
  expect(grainOf(spanOf({ preset: "24h" }, NOW)).hours).toBe(1);
  expect(grainOf(spanOf({ preset: "30d" }, NOW)).interval).toBe("day");
  expect(grainOf({ from: "2024-01-01", to: "2026-11-07" }).interval).toBe("month");
});

test("hours are grouped by the clock, the first bar may be short", () => {
  const slices = ["01", "02", "03", "04", "05", "06"].map((hour) => ({ from: `2026-11-01T${hour}:00:00Z` }));
  expect(groups(slices, { interval: "hour", hours: 3 }, hourOf)).toEqual([[0, 1], [2, 3, 4], [5]]);
  expect(groups(slices, { interval: "day", hours: 24 }, hourOf)).toHaveLength(6);
});
