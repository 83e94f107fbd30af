import { QueryClient } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { expect, test, vi } from "vitest";
import type { Place } from "@/shared/commands";
import { findModels } from "./find";

const LISTS: Record<string, string[]> = { openai: ["gpt-4o", "gpt-4o-mini"], ollama: ["llama3.2:3b"] };

function placeWith(configurations: { name: string; provider: string; model: string }[]) {
  const get = vi.fn<(route: string, given?: { path: { name: string } }) => Promise<unknown>>(async (_, { path } = { path: { name: "" } }) => {
    if (path.name === "") return configurations;
    const ids = LISTS[path.name];
    if (ids === undefined) throw new Error("The provider does not answer.");
    return { provider: path.name, source: "live", models: ids.map((id) => ({ id, name: id, pricing: null })) };
  });
  const place: Place = { client: { get } as unknown as TrunklineClient, workspaceId: "w", queries: new QueryClient({ defaultOptions: { queries: { retry: false } } }) };
  return { place, get };
}

test("models in use come first, and each leads to the catalogue", async () => {
  const { place } = placeWith([{ name: "Work", provider: "openai", model: "gpt-4o-mini" }]);
  const found = await findModels(place, "gpt");
  expect(found.map(({ label, about }) => [label, about])).toEqual([
    ["gpt-4o-mini", "openai · Work"],
    ["gpt-4o", "openai"],
  ]);
  expect(found[0]?.run).toBe("/models?q=gpt-4o-mini&provider=openai");
});

test("a provider that does not answer hides no other", async () => {
  const { place } = placeWith([
    { name: "Lost", provider: "gone", model: "x" },
    { name: "Laptop", provider: "ollama", model: "llama3.2:3b" },
  ]);
  expect((await findModels(place, "llama")).map(({ label }) => label)).toEqual(["llama3.2:3b"]);
});

test("lists are asked for once, not with each letter", async () => {
  const { place, get } = placeWith([{ name: "Work", provider: "openai", model: "gpt-4o" }]);
  await findModels(place, "g");
  await findModels(place, "gp");
  expect(get.mock.calls.map(([route]) => route)).toEqual(["/api/configurations/names", "/api/providers/{name}/models"]);
});
