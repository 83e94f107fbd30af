import { expect, test } from "vitest";
import type { RequestSummary } from "@trunkline/client";
import { merge, take } from "./arrivals";

const call = (id: string) => ({ id }) as RequestSummary;

test("a call that comes twice stands once, the newest first", () => {
  expect(take([call("a"), call("b")], call("b")).map((each) => each.id)).toEqual(["b", "a"]);
});

test("no more than a thousand that came are kept", () => {
  const many = Array.from({ length: 1_000 }, (_, at) => call(String(at)));
  expect(take(many, call("new"))).toHaveLength(1_000);
});

test("what came and is listed by now stands once", () => {
  expect(merge([call("c"), call("b")], [call("b"), call("a")]).map((each) => each.id)).toEqual(["c", "b", "a"]);
});
