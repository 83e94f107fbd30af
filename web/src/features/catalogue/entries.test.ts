import { expect, test } from "vitest";
import type { ConfigurationName } from "@/shared/subjects/configurations";
import type { Model, ModelList } from "./api";
import { catalogueSearch, type CatalogueSearch, entriesOf, find, suspectsOf } from "./entries";

const model = (id: string, more: Partial<Model> = {}) =>
  ({ id, name: id, capabilities: ["text"], inputModalities: [], contextLength: null, pricing: null, created: null, ...more }) as Model;
const list = (provider: string, ...models: Model[]) => ({ provider, models }) as ModelList;

const used = (name: string, provider: string, id: string | null, isActive = true) => ({ name, provider, model: id, isActive }) as ConfigurationName;

const ENTRIES = entriesOf(
  [
    list("openai", model("gpt-b", { pricing: { prompt: "0.00000015", completion: "0.0000006" }, contextLength: 128_000, created: 20 }), model("gpt-a", { capabilities: ["text", "vision"] })),
    list("ollama", model("llama", { contextLength: 8192, created: 10 })),
  ],
  [{ provider: "openai", model: "gpt-b", name: "work" }] as ConfigurationName[],
);
const ids = (search: CatalogueSearch) => find(ENTRIES, search).map((entry) => entry.model.id);

test("prices are for a million tokens, and a model tells who uses it", () => {
  expect(ENTRIES[0]).toMatchObject({ key: "openai/gpt-b", input: 0.15, output: 0.6, usedBy: ["work"] });
  expect(ENTRIES[1]).toMatchObject({ input: null, usedBy: [] });
});

test.each<[CatalogueSearch, string[]]>([
  [{}, ["gpt-b", "gpt-a", "llama"]],
  [{ q: "OPENAI gpt" }, ["gpt-b", "gpt-a"]],
  [{ provider: "ollama" }, ["llama"]],
  [{ ability: "vision" }, ["gpt-a"]],
  [{ maxPrice: 0.2 }, ["gpt-b"]],
  [{ minContext: 10_000 }, ["gpt-b"]],
  [{ sort: "name" }, ["gpt-a", "gpt-b", "llama"]],
  [{ sort: "date" }, ["llama", "gpt-b", "gpt-a"]],
])("%o finds %o", (search, found) => {
  expect(ids(search)).toEqual(found);
});

test("more than four are not compared", () => {
  expect(catalogueSearch.parse({ compare: ["a", "b", "c", "d", "e"], q: "x" })).toEqual({ q: "x" });
});

test("a model is missed in a live list alone, and only where it is in use", () => {
  const lists = [{ ...list("openai", model("gpt-b")), source: "live" }, { ...list("mistral", model("small")), source: "catalogue" }] as ModelList[];
  const configurations = [
    used("gone", "openai", "gpt-a"), used("there", "openai", "gpt-b"), used("off", "openai", "gpt-a", false), used("any", "openai", null), used("unknown", "mistral", "large"), used("unasked", "groq", "x"),
  ];
  expect(suspectsOf(lists, configurations).map(({ name }) => name)).toEqual(["gone"]);
});
