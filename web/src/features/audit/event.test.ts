import { expect, test } from "vitest";
import { actorOf, changesOf, show } from "./event";

test("fields that came, went and changed stand in one list", () => {
  expect(changesOf({ before: { name: "a", old: 1 }, after: { name: "b", models: [] } })).toEqual([
    { field: "name", before: "a", after: "b" },
    { field: "old", before: 1, after: undefined },
    { field: "models", before: undefined, after: [] },
  ]);
  expect(changesOf({ before: null, after: null })).toEqual([]);
});

test("texts are shown as they are, all else as JSON", () => {
  expect([show("x"), show(null), show(["a"]), show({ mask: "tl-…" })]).toEqual(["x", "null", '["a"]', '{"mask":"tl-…"}']);
});

test.each([
  [{ actorName: "ada@example.com", actorKind: "user", keyName: null }, "ada@example.com"],
  [{ actorName: "ada@example.com", actorKind: "key", keyName: "ci" }, "ada@example.com, with the key ci"],
  [{ actorName: null, actorKind: "system", keyName: null }, "Trunkline itself"],
  [{ actorName: null, actorKind: "robot", keyName: null }, "robot"],
])("%o did it: %s", (event, who) => {
  expect(actorOf(event)).toBe(who);
});
