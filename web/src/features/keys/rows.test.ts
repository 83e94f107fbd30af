import { expect, test } from "vitest";
import type { Key, Limit } from "./api";
import { keySearch, limitsOf, select, stateOf } from "./rows";

const NOW = Date.parse("2026-11-30T12:00:00Z");

function key(name: string, more: Partial<Key> = {}): Key {
  return { id: name, name, key: "tl-…x7Qd", models: [], expiresAt: null, lastUsedAt: "2026-11-29T00:00:00Z", ...more } as Key;
}

function limit(more: Partial<Limit>): Limit {
  return { subject: "key", subjectId: null, measure: "requests", window: "minute", amount: 60, byAdmin: true, ...more } as Limit;
}

test.each([
  [{}, "active"],
  [{ lastUsedAt: null }, "unused"],
  [{ expiresAt: "2026-12-03T00:00:00Z", lastUsedAt: null }, "soon"],
  [{ expiresAt: "2027-12-03T00:00:00Z" }, "active"],
  [{ expiresAt: "2026-11-30T12:00:00Z" }, "expired"],
])("a key with %o is %s", (more, state) => {
  expect(stateOf(key("a", more), NOW)).toBe(state);
});

test.each([
  [{}, ["ci", "chat"]],
  [{ q: " CI " }, ["ci"]],
  [{ q: "gpt" }, ["chat"]],
  [{ q: "x7qd" }, ["ci", "chat"]],
  [{ state: "unused" as const }, ["chat"]],
])("%o finds %o", (search, found) => {
  const keys = [key("ci"), key("chat", { models: ["gpt-5"], lastUsedAt: null })];
  expect(select(keys, search, NOW).map(({ name }) => name)).toEqual(found);
});

test("a limit that an admin set for one key replaces that of each", () => {
  const usual = [limit({ amount: 60 }), limit({ measure: "parallel", window: null })];
  const own = limit({ subjectId: "ci", amount: 600 });
  expect(limitsOf(key("ci"), [...usual, own])).toEqual({ own: [own], usual: [usual[1]] });
  expect(limitsOf(key("other"), [...usual, own])).toEqual({ own: [], usual });
});

test("what a member set for their own key adds to that of each", () => {
  const own = limit({ subjectId: "ci", byAdmin: false });
  expect(limitsOf(key("ci"), [limit({}), own]).usual).toHaveLength(1);
});

test("an address that somebody broke is read as far as it makes sense", () => {
  expect(keySearch.parse({ state: "old", q: "x" })).toEqual({ q: "x" });
});
