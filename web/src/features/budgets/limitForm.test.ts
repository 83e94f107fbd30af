import { expect, test } from "vitest";
import type { Limit } from "./api";
import { beginLimit, limitDraftOf } from "./limitForm";

test("a new limit is for each key, in a minute", () => {
  expect(limitDraftOf({ ...beginLimit(null, null), amount: 60 })).toEqual({ subject: "key", measure: "requests", amount: 60, window: "minute" });
});

test("a member's is for themselves", () => {
  expect(beginLimit(null, "me")).toMatchObject({ subject: "user", subjectId: "me" });
});

test("requests at the same time have neither window nor burst", () => {
  expect(limitDraftOf({ ...beginLimit(null, null), subject: "workspace", measure: "parallel", amount: "5", burst: 3 })).toEqual({
    subject: "workspace", measure: "parallel", amount: 5,
  });
});

test("what is edited begins as it is", () => {
  const limit = { subject: "user", subjectId: "u", measure: "tokens", amount: 9, window: "day", burst: 3 } as Limit;
  expect(limitDraftOf(beginLimit(limit, null))).toEqual({ subject: "user", subjectId: "u", measure: "tokens", amount: 9, window: "day", burst: 3 });
});
