import { expect, test } from "vitest";
import type { Route } from "./api";
import { bodyOf, HEDGES, named, newTarget, problemsOf, valuesOf, withServes } from "./form";

const ROUTE = {
  id: "r",
  name: "chat",
  strategy: "weighted",
  isActive: true,
  revision: 3,
  conditions: null,
  caching: { ttlSeconds: 60, scope: "workspace", withTools: true, semantic: { model: "vectors", threshold: 0.9 } },
  hedging: { afterMs: 250 },
  targets: [
    { configurationId: "a", model: null, priority: 1, weight: 3, conditions: { minInputTokens: null, maxInputTokens: 1000, tags: ["eu"], metadata: { plan: "pro" }, modelFamilies: [], hours: { start: "08:00", end: "18:00", timeZone: "Europe/Berlin", days: ["monday"] } }, fallbackFor: null },
    { configurationId: "b", model: "gpt-5", priority: 2, weight: 1, conditions: null, fallbackFor: null },
    { configurationId: "c", model: null, priority: 1, weight: 1, conditions: null, fallbackFor: "contextWindow" },
  ],
} as unknown as Route;

test("a saved route that nobody changes is written as it was, whole", () => {
  const body = bodyOf(valuesOf(ROUTE), "UTC");
  expect(body).toMatchObject({ name: "chat", strategy: "weighted", caching: { ttlSeconds: 60, scope: "workspace", withTools: true, semantic: { model: "vectors", threshold: 0.9 } }, hedging: { afterMs: 250 }, conditions: null });
  expect(body.targets[0]?.conditions).toEqual((ROUTE.targets[0] as { conditions: unknown }).conditions);
  expect(body.targets.map(({ priority, weight, fallbackFor, model }) => [priority, weight, fallbackFor, model])).toEqual([
    [1, 3, null, null],
    [2, 1, null, "gpt-5"],
    [1, 1, "contextWindow", null],
  ]);
});

test("what serves otherwise goes with the conditions", () => {
  const values = { ...valuesOf({ ...ROUTE, otherwiseId: "s", otherwiseName: "other" } as Route), conditions: { ...valuesOf().conditions, tags: ["eu"] } };
  expect(bodyOf(values, "UTC").otherwiseId).toBe("s");
  expect(bodyOf({ ...values, conditions: valuesOf().conditions }, "UTC").otherwiseId).toBeNull();
});

test("when a target serves is read from its place", () => {
  expect(valuesOf(ROUTE).targets.map((target) => target.serves)).toEqual(["first", "later", "contextWindow"]);
  expect(withServes(newTarget(), "later").order).toBe(2);
  expect(withServes({ ...newTarget(), order: 3 }, "first").order).toBe(1);
});

test("new hours are of the viewer's time zone", () => {
  const values = valuesOf();
  const body = bodyOf({ ...values, conditions: { ...values.conditions, start: "08:00", end: "12:00" } }, "Europe/Paris");
  expect(body.conditions?.hours).toEqual({ timeZone: "Europe/Paris", start: "08:00", end: "12:00", days: [] });
});

test("what is missing is named", () => {
  expect(Object.keys(problemsOf(valuesOf()))).toEqual(["name", "targets.0"]);
  const [target] = [{ ...newTarget(), configurationId: "a", start: "08:00" }];
  expect(Object.keys(problemsOf({ ...valuesOf(), name: "x", targets: [target] }))).toEqual(["targets.0.hours"]);
});

test("hedging is off, adaptive or after a time", () => {
  const written = HEDGES.map((hedge) => bodyOf({ ...valuesOf(), hedge, hedgeMs: 40 }, "UTC").hedging);
  expect(written).toEqual([null, { afterMs: null }, { afterMs: 40 }]);
  expect(valuesOf({ ...ROUTE, hedging: { afterMs: null } } as Route).hedge).toBe("adaptive");
});

test("a target that joins the first ones has their priority", () => {
  const moved = structuredClone(ROUTE);
  for (const target of moved.targets) target.priority += 4;
  const values = valuesOf(moved);
  const body = bodyOf({ ...values, targets: [...values.targets, { ...newTarget(), configurationId: "d" }] }, "UTC");
  expect(body.targets.map(({ priority }) => priority)).toEqual([5, 6, 5, 5]);
});

test("metadata is written as pairs, and what is no pair is named", () => {
  const values = valuesOf();
  const withMetadata = (...metadata: string[]) => ({ ...values, name: "x", targets: [], conditions: { ...values.conditions, metadata } });
  expect(bodyOf(withMetadata("team=a", "query = a=b"), "UTC").conditions?.metadata).toEqual({ team: "a", query: "a=b" });
  expect(Object.keys(problemsOf(withMetadata("team")))).toEqual(["targets", "metadata"]);
});

test("differences name configurations", () => {
  expect(named([{ path: "targets.0.configurationId", before: "a", after: null }], [{ id: "a", name: "work" }])).toEqual([{ path: "targets.0.configuration", before: "work", after: null }]);
});
