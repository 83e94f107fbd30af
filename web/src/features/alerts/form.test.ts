import { expect, test } from "vitest";
import type { AlertRule } from "@trunkline/client";
import { bodyOf, fieldsOf, isMade, usualFields } from "./form";
import { times } from "./texts";

test("a new rule is as usual for its kind, and says nothing that the kind has not", () => {
  expect(bodyOf(usualFields("error_rate"), "UTC")).toMatchObject({ kind: "error_rate", threshold: 10, windowMinutes: 15, leastCalls: 20, severity: "warning", subject: null });
  const down = bodyOf(usualFields("down"), "UTC");
  expect(down).not.toHaveProperty("threshold");
  expect(down).not.toHaveProperty("windowMinutes");
  expect(down.severity).toBe("critical");
});

test("what was typed outlives another kind, but for what the kind says itself", () => {
  const fields = usualFields("latency", { name: "Slow", channelIds: ["c"], quiet: true });
  expect(bodyOf(fields, "Europe/Berlin")).toMatchObject({ name: "Slow", channelIds: ["c"], quietHours: { start: "22:00", end: "07:00", timeZone: "Europe/Berlin" } });
});

test("a rule that is read and written is the same", () => {
  const rule: AlertRule & { kind: "latency" } = Object.assign({} as AlertRule, {
    kind: "latency" as const, name: "OpenAI is slow", subject: "provider" as const, subjectId: "openai", threshold: 8000, windowMinutes: 30, leastCalls: 5,
    forSeconds: 300, severity: "critical" as const, repeatMinutes: 60, channelIds: [], quietHours: null,
  });
  expect(isMade(rule)).toBe(true);
  expect(bodyOf(fieldsOf(rule), "UTC")).toEqual(rule);
});

test("how often is said in words", () => {
  expect([0, 1, 2, 7].map(times)).toEqual(["0 times", "once", "twice", "7 times"]);
});
