import { expect, test } from "vitest";
import { readAll } from "./pages";

test("a list is read to its end, page by page", async () => {
  const asked: (string | null)[] = [];
  const pages: Record<string, { items: number[]; next: string | null }> = { "": { items: [1, 2], next: "b" }, b: { items: [3], next: "c" }, c: { items: [4], next: null } };
  const all = await readAll(async (cursor) => {
    asked.push(cursor);
    return pages[cursor ?? ""] ?? { items: [], next: null };
  });
  expect(all).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([null, "b", "c"]);
});
