import { expect, test } from "vitest";
import type { Call } from "./api";
import { stretchesOf } from "./life";

const attempt = { beganMs: 2, durationMs: 40, waitedMs: 500 } as Call["attemptList"][number];

test("a call that went well at once is silent, then writes", () => {
  expect(stretchesOf({ attemptList: [], durationMs: 900, firstTokenMs: 300, outcome: "ok" })).toEqual([
    { kind: "thinking", from: 0, to: 300 },
    { kind: "writing", from: 300, to: 900 },
  ]);
});

test("tries that failed and what was waited come before", () => {
  const kinds = stretchesOf({ attemptList: [attempt], durationMs: 1_000, firstTokenMs: null, outcome: "ok" });
  expect(kinds).toEqual([
    { kind: "failed", from: 2, to: 42 },
    { kind: "waited", from: 42, to: 542 },
    { kind: "thinking", from: 542, to: 1_000 },
  ]);
});

test("a call that failed has only its tries", () => {
  expect(stretchesOf({ attemptList: [{ ...attempt, waitedMs: 0 }], durationMs: 42, firstTokenMs: null, outcome: "error" })).toHaveLength(1);
});
