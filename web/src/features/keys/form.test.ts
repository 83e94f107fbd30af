import { expect, test } from "vitest";
import type { Key } from "./api";
import { begin, draftOf, expiryOf, isToCome } from "./form";

const NOW = Date.parse("2026-11-30T12:00:00Z");

test("a new key calls all models, has no limits and never expires", () => {
  expect(draftOf({ ...begin(null), name: " ci " })).toEqual({
    name: "ci", scope: "call", applicationId: null, models: [], expiresAt: null, perMinute: null, parallel: null,
  });
});

test("limits are numbers, and empty fields none", () => {
  expect(draftOf({ ...begin(null), perMinute: 60, parallel: "" })).toMatchObject({ perMinute: 60, parallel: null });
});

test("editing leaves the expiry as it is unless one is chosen", () => {
  const values = begin({ name: "ci", scope: "call", models: [], expiresAt: "2027-01-01T00:00:00Z" } as unknown as Key);
  expect(expiryOf(values, NOW)).toBeUndefined();
  expect(expiryOf({ ...values, expiry: "never" }, NOW)).toBeNull();
  expect(expiryOf({ ...values, expiry: "7" }, NOW)).toBe("2026-12-07T12:00:00.000Z");
});

test("a day is to its end, and must be to come", () => {
  expect(expiryOf({ expiry: "day", day: "2026-12-31" }, NOW)).toBe(new Date("2026-12-31T23:59:59").toISOString());
  expect([isToCome("2026-11-29", NOW), isToCome("2026-12-01", NOW), isToCome("", NOW)]).toEqual([false, true, false]);
});
