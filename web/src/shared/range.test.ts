import { expect, test } from "vitest";
import { bounds, readRange } from "./range";

const NOW = Date.parse("2026-11-29T12:00:30Z");

test.each([
  [{}, { preset: "7d" }],
  [{ range: "30d" }, { preset: "30d" }],
  [{ range: "nonsense" }, { preset: "7d" }],
  [{ from: "2026-11-01", to: "2026-11-08" }, { from: "2026-11-01", to: "2026-11-08" }],
  [{ from: "2026-11-09", to: "2026-11-08" }, { preset: "7d" }],
  [{ from: "2026-11-09" }, { preset: "7d" }],
  [{ from: "yesterday", to: "today" }, { preset: "7d" }],
])("the search %j is %j", (search, range) => {
  expect(readRange(search as never)).toEqual(range);
});

test("a preset reaches back from the end of this minute", () => {
  expect(bounds({ preset: "24h" }, NOW)).toEqual({ from: "2026-11-28T12:01:00.000Z", to: "2026-11-29T12:01:00.000Z" });
});

test("days stay days", () => {
  expect(bounds({ from: "2026-11-01", to: "2026-11-08" }, NOW)).toEqual({ from: "2026-11-01", to: "2026-11-08" });
});
