import { expect, test } from "vitest";
import { actorOf, changesOf } from "./event";

test("fields that came, went and changed stand in one list", () => {
  expect(changesOf({ before: { name: "a", old: 1 }, after: { name: "b", models: [] } })).toEqual([
    { path: "name", before: "a", after: "b" },
    { path: "old", before: 1, after: null },
    { path: "models", before: null, after: [] },
  ]);
  expect(changesOf({ before: null, after: null })).toEqual([]);
});

test.each([
  [{ actorName: "ada@example.com", actorKind: "user", keyName: null }, "ada@example.com"],
  [{ actorName: "ada@example.com", actorKind: "key", keyName: "ci" }, "ada@example.com, with the key ci"],
  [{ actorName: null, actorKind: "system", keyName: null }, "Trunkline itself"],
  [{ actorName: null, actorKind: "robot", keyName: null }, "robot"],
])("%o did it: %s", (event, who) => {
  expect(actorOf(event)).toBe(who);
});
