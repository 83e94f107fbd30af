import { z } from "zod";
import type { ConfigurationName } from "@/shared/subjects/configurations";
import type { Model, ModelList } from "./api";

/** A model as the page shows it. Prices are in US dollars for a million tokens. */
export interface Entry {
  /** `<provider>/<model>`: unique among all. */
  key: string;
  provider: string;
  model: Model;
  input: number | null;
  output: number | null;
  /** Names of the configurations that serve it. */
  usedBy: string[];
}

const SORTS = ["name", "input", "output", "context", "date"] as const;
type Sort = (typeof SORTS)[number];

/** How many can be compared side by side. */
export const COMPARED = 4;

/** What the address says of the catalogue. */
export const catalogueSearch = z.object({
  q: z.string().optional().catch(undefined),
  provider: z.string().optional().catch(undefined),
  ability: z.string().optional().catch(undefined),
  maxPrice: z.number().optional().catch(undefined),
  minContext: z.number().optional().catch(undefined),
  sort: z.enum(SORTS).optional().catch(undefined),
  down: z.boolean().optional().catch(undefined),
  compare: z.array(z.string()).max(COMPARED).optional().catch(undefined),
});
export type CatalogueSearch = z.infer<typeof catalogueSearch>;

const MILLION = 1_000_000;

/** All models of all lists, with where each is in use. */
export function entriesOf(lists: ModelList[], configurations: ConfigurationName[]): Entry[] {
  const users = new Map<string, string[]>();
  for (const { provider, model, name } of configurations) {
    const key = `${provider}/${model}`;
    users.set(key, [...(users.get(key) ?? []), name]);
  }
  return lists.flatMap(({ provider, models }) =>
    models.map((model): Entry => {
      const key = `${provider}/${model.id}`;
      return { key, provider, model, input: price(model, "prompt"), output: price(model, "completion"), usedBy: users.get(key) ?? [] };
    }),
  );
}

function price(model: Model, kind: string): number | null {
  const amount = model.pricing?.[kind];
  // Decimal text times a million: rounded to where binary fractions are no longer seen.
  return amount === undefined ? null : Number((Number(amount) * MILLION).toPrecision(12));
}

const COMPARE: Record<Sort, (a: Entry, b: Entry) => number> = {
  name: (a, b) => a.model.id.localeCompare(b.model.id),
  input: (a, b) => unknownLast(a.input, b.input),
  output: (a, b) => unknownLast(a.output, b.output),
  context: (a, b) => unknownLast(a.model.contextLength, b.model.contextLength),
  date: (a, b) => unknownLast(a.model.created, b.model.created),
};

function unknownLast(a: number | null, b: number | null): number {
  return (a ?? Number.MAX_VALUE) - (b ?? Number.MAX_VALUE);
}

/** The models that the search is for, in its order. */
export function find(entries: Entry[], search: CatalogueSearch): Entry[] {
  const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter(({ provider, model, input }) => {
    if (search.provider !== undefined && provider !== search.provider) return false;
    if (search.ability !== undefined && !abilitiesOf(model).includes(search.ability)) return false;
    if (search.maxPrice !== undefined && (input === null || input > search.maxPrice)) return false;
    if (search.minContext !== undefined && (model.contextLength ?? 0) < search.minContext) return false;
    const text = `${model.id} ${model.name} ${provider}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const sorted = search.sort === undefined ? found : found.toSorted(COMPARE[search.sort]);
  return search.down ? sorted.toReversed() : sorted;
}

/** What a model can do, each once. */
export function abilitiesOf(model: Model): string[] {
  return [...new Set([...model.capabilities, ...model.inputModalities.filter((kind) => kind === "audio" || kind === "image").map((kind) => (kind === "image" ? "vision" : kind))])];
}

/** When a model was published, as `2026-04-14`; empty where that is not known. */
export function dateOf({ created }: Model): string {
  return created === null ? "" : new Date(created * 1000).toISOString().slice(0, 10);
}

/** At most so many configurations have their own provider asked whether it still has their model. */
const SUSPECTS = 10;

/** Configurations in use whose model a live list of their provider does not name: their own list may, which has to be asked. */
export function suspectsOf(lists: ModelList[], configurations: ConfigurationName[]): ConfigurationName[] {
  const live = new Map(lists.filter(({ source }) => source === "live").map(({ provider, models }) => [provider, new Set(models.map(({ id }) => id))]));
  const isMissing = ({ provider, model, isActive }: ConfigurationName) => isActive && model !== null && live.get(provider)?.has(model) === false;
  return configurations.filter(isMissing).slice(0, SUSPECTS);
}
