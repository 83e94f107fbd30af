import { expect, test } from "vitest";
import type { Configuration } from "./api";
import { configurationSearch, type Row, rowsOf, select } from "./rows";

function configuration(name: string, more: Partial<Configuration> = {}): Configuration {
  return { id: name, name, userId: "me", provider: "openai", model: "gpt-5", apiKey: "sk-…x7Qd", isActive: true, shared: false, ...more } as Configuration;
}

function names(rows: Row[]): string[] {
  return rows.map((row) => row.configuration.name);
}

const ROWS = rowsOf([
  configuration("b", { shared: true }),
  configuration("a", { userId: "you", shared: true, provider: "anthropic", model: "claude-opus-5", apiKey: null }),
  configuration("c", { isActive: false }),
]);

const version = (id: string, share: number, isControl = false) => ({ versionId: id, version: id, share, isControl });

test("what is not known of the traffic is told as not known", () => {
  expect(ROWS[0]).toMatchObject({ state: "unknown", p50Ms: null, cost: null, errorRate: null, count: 0, calls: [] });
  expect(ROWS[2]?.state).toBe("inactive");
});

test("figures, splits and a missing model are told of the configuration that they are about", () => {
  const rows = rowsOf(
    [configuration("b"), configuration("a")],
    { configurations: [{ configurationId: "a", state: "down", lastError: { kind: "not_found" }, cells: [] }] } as never,
    { breakdown: [{ key: "b", requestCount: 4, costUSD: 2, unpricedCount: 1, errorRate: 0.5, series: [{ requestCount: 1 }, { requestCount: 3 }] }] } as never,
    [{ configId: "b", versions: [version("v3", 0), version("v2", 30), version("v1", 70, true)] }] as never,
  );
  expect(rows[0]).toMatchObject({ modelMissing: false, cost: 2, unpriced: 1, errorRate: 0.5, count: 4, calls: [1, 3] });
  expect(rows[0]?.split).toEqual([{ id: "v1", version: "v1", share: 70 }, { id: "v2", version: "v2", share: 30 }]);
  expect(rows[1]).toMatchObject({ modelMissing: true, state: "down", split: [], calls: [] });
});

test.each([
  [{}, ["b", "a", "c"]],
  [{ whose: "mine" as const }, ["b", "c"]],
  [{ whose: "shared" as const }, ["b", "a"]],
  [{ provider: "anthropic" }, ["a"]],
  [{ health: "inactive" }, ["c"]],
  [{ q: " CLAUDE " }, ["a"]],
  [{ q: "x7qd" }, ["b", "c"]],
  [{ sort: "name" as const }, ["a", "b", "c"]],
  [{ sort: "name" as const, down: true }, ["c", "b", "a"]],
  [{ sort: "health" as const }, ["b", "a", "c"]],
])("%o finds %o", (search, found) => {
  expect(names(select(ROWS, search, "me"))).toEqual(found);
});

test("an address that somebody broke is read as far as it makes sense", () => {
  expect(configurationSearch.parse({ sort: "weight", whose: 3, q: "x" })).toEqual({ q: "x" });
});
