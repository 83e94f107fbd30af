import { expect, test } from "vitest";
import { differences } from "./differences";

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
