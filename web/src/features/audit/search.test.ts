import { expect, test } from "vitest";
import { auditSearch, filterOf } from "./search";

const NOW = Date.parse("2026-11-30T12:00:00Z");

test("without a word it is the last thirty days, up to now", () => {
  expect(filterOf({}, NOW)).toEqual({ from: "2026-10-31T12:00:00.000Z" });
});

test("what the address says is asked of the server", () => {
  expect(filterOf({ action: "keys.create", target: "key", id: "k", actor: "u", outcome: "ok", range: "1h" }, NOW)).toEqual({
    action: "keys.create", targetType: "key", targetId: "k", actorId: "u", outcome: "ok", from: "2026-11-30T11:00:00.000Z",
  });
});

test("the last day is in it", () => {
  const { from, to } = filterOf({ from: "2026-11-01", to: "2026-11-02" }, NOW);
  expect(new Date(to ?? "").getTime() - new Date(from ?? "").getTime()).toBe(2 * 24 * 3_600_000);
});

test("an address that somebody broke is read as far as it makes sense", () => {
  expect(auditSearch.parse({ outcome: "maybe", action: "keys.create" })).toEqual({ action: "keys.create" });
});
