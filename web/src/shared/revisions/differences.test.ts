import { expect, test } from "vitest";
import { differences, show, unfold } from "./differences";

test("nothing changed is no difference, and unset is the same as null", () => {
  const some = { name: "a", targets: [{ weight: 1 }], tags: ["x"] };
  expect(differences(some, structuredClone(some))).toEqual([]);
  expect(differences(some, { ...some, caching: null })).toEqual([]);
});

test.each([
  ["a value", { a: 1 }, { a: 2 }, [{ path: "a", before: 1, after: 2 }]],
  ["a part of an object", { a: { b: 1, c: 2 } }, { a: { b: 1 } }, [{ path: "a.c", before: 2, after: null }]],
  ["a member of a list", { a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] }, [{ path: "a.1.b", before: 2, after: 3 }]],
  ["one that came", { a: [{ b: 1 }] }, { a: [{ b: 1 }, { b: 2 }] }, [{ path: "a.1", before: null, after: { b: 2 } }]],
  ["a list of words, as a whole", { a: ["x"] }, { a: ["x", "y"] }, [{ path: "a", before: ["x"], after: ["x", "y"] }]],
  ["what was not there", { a: null }, { a: { b: 1 } }, [{ path: "a", before: null, after: { b: 1 } }]],
])("%s is told by its path", (_, before, after, told) => {
  expect(differences(before, after)).toEqual(told);
});

test.each([
  ["an object", { path: "a", before: null, after: { b: 1, c: { d: 2 }, e: null } }, [{ path: "a.b", before: null, after: 1 }, { path: "a.c.d", before: null, after: 2 }]],
  ["a list of objects", { path: "a", before: [{ b: 1 }], after: null }, [{ path: "a.0.b", before: 1, after: null }]],
  ["an object in which nothing is set", { path: "a", before: null, after: { b: null } }, [{ path: "a", before: null, after: { b: null } }]],
  ["a secret", { path: "k", before: null, after: { mask: "sk-…7Qd" } }, [{ path: "k", before: null, after: { mask: "sk-…7Qd" } }]],
  ["a value that changed", { path: "a", before: 1, after: { b: 1 } }, [{ path: "a", before: 1, after: { b: 1 } }]],
])("%s that came or went is told part by part", (_, difference, told) => {
  expect(unfold(difference)).toEqual(told);
});

test("texts are shown as they are, a secret by its mask, all else as JSON", () => {
  expect([show("x"), show(["a"]), show({ mask: "tl-…", fingerprint: "f" })]).toEqual(["x", '["a"]', "tl-…"]);
});
