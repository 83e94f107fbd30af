import { expect, test } from "vitest";
import { type Declarations, indexDeclared, standingOf } from "./declared";

const file = (source: string, revision: string, more: Partial<Declarations[number]> = {}): Declarations[number] => ({
  source, declaredBy: "u", declaredAt: "2026-01-01T00:00:00Z", objects: [{ section: "routes", id: "a", revision }], ...more,
});

test("what no file declares has no standing, nor has what has the same id in another section", () => {
  const declared = indexDeclared([file("trunkline.yaml", "3")]);
  expect(standingOf(declared, "routes", { id: "b", revision: 3 })).toBeNull();
  expect(standingOf(declared, "limits", { id: "a", revision: 3 })).toBeNull();
});

test("another revision than the declared one is a change", () => {
  const declared = indexDeclared([file("trunkline.yaml", "3")]);
  expect(standingOf(declared, "routes", { id: "a", revision: 3 })).toEqual({ source: "trunkline.yaml", when: "2026-01-01T00:00:00Z", changed: false });
  expect(standingOf(declared, "routes", { id: "a", revision: 4 })?.changed).toBe(true);
});

test("what has no revision is compared by when it was changed", () => {
  const declared = indexDeclared([file("a.yaml", "2026-01-01T00:00:00Z", { objects: [{ section: "prices", id: "p", revision: "2026-01-01T00:00:00Z" }] })]);
  expect(standingOf(declared, "prices", { id: "p", updatedAt: "2026-01-01T00:00:00Z" })?.changed).toBe(false);
  expect(standingOf(declared, "prices", { id: "p", updatedAt: "2026-02-01T00:00:00Z" })?.changed).toBe(true);
});

test("of two files that declare the same, the last one counts", () => {
  const declared = indexDeclared([file("old.yaml", "3"), file("new.yaml", "4")]);
  expect(standingOf(declared, "routes", { id: "a", revision: 4 })).toMatchObject({ source: "new.yaml", changed: false });
});
