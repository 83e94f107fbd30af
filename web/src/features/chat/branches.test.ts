import { expect, test } from "vitest";
import { branchOf, endOf, placeOf } from "./branches";

// A question with two answers, the second of which was asked on.
const TREE = [
  { id: "q", parentId: null },
  { id: "a1", parentId: "q" },
  { id: "a2", parentId: "q" },
  { id: "q2", parentId: "a2" },
  { id: "a3", parentId: "q2" },
];

test("a branch is read from its end", () => {
  expect(branchOf(TREE, "a3").map((each) => each.id)).toEqual(["q", "a2", "q2", "a3"]);
  expect(branchOf(TREE, "a1").map((each) => each.id)).toEqual(["q", "a1"]);
  expect(branchOf(TREE, null)).toEqual([]);
  expect(branchOf(TREE, "gone")).toEqual([]);
});

test("an answer knows its neighbours", () => {
  expect(placeOf(TREE, { id: "a2", parentId: "q" })).toEqual({ number: 2, count: 2, before: "a1", after: null });
  expect(placeOf(TREE, { id: "q", parentId: null })).toEqual({ number: 1, count: 1, before: null, after: null });
});

test("a branch is shown to its newest end", () => {
  expect(endOf(TREE, "q")).toBe("a3");
  expect(endOf(TREE, "a1")).toBe("a1");
});
