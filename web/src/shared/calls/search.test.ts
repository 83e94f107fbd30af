import { expect, test } from "vitest";
import { callSearch, filtersOf, narrow, queryOf } from "./search";

test("what cannot be read of an address is left out", () => {
  expect(callSearch.parse({ outcome: "strange", unpriced: "x", model: 4, without: ["colour"] })).toEqual({ model: "4" });
});

test("filters are what is left of an address without its period", () => {
  const search = { range: "7d", by: "model", tag: "a" };
  expect(filtersOf(search)).toEqual({ tag: "a" });
  expect(queryOf({ ...search, model: undefined })).toEqual({ tag: "a" });
});

test("a part of a breakdown narrows to its key, and that of calls without one to those", () => {
  expect(narrow({ tag: "a" }, "keyId", "k1")).toEqual({ tag: "a", keyId: "k1" });
  expect(narrow({ without: ["tag"] }, "keyId", null)).toEqual({ without: ["tag", "key"] });
  expect(narrow({}, "feature", null).feature).toBeUndefined();
});
