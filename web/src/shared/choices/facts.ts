import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { type Choice, slugOf } from "./choices";

/** What is known of a model; null and empty where nobody says. */
export interface ModelFacts {
  id: string;
  contextLength: number | null;
  maxOutputTokens: number | null;
  inputs: readonly string[];
  abilities: readonly string[];
  /** US dollars per million tokens. */
  priceIn: number | null;
  priceOut: number | null;
  version: string | null;
}

interface Listed {
  id: string;
  contextLength: number | null;
  inputModalities: readonly string[];
  capabilities: readonly string[];
  pricing: Record<string, string> | null;
  version: string | null;
}

/** From what a list of models says. */
export function factsOf(model: Listed & { maxOutputTokens?: number | null; maxCompletionTokens?: number | null }): ModelFacts {
  return {
    id: model.id,
    contextLength: model.contextLength,
    maxOutputTokens: model.maxOutputTokens ?? model.maxCompletionTokens ?? null,
    inputs: model.inputModalities,
    abilities: model.capabilities,
    priceIn: perMillion(model.pricing?.["prompt"]),
    priceOut: perMillion(model.pricing?.["completion"]),
    version: model.version,
  };
}

function perMillion(price: string | undefined): number | null {
  const dollars = Number(price ?? Number.NaN);
  return Number.isNaN(dollars) || dollars < 0 ? null : Number((dollars * 1_000_000).toPrecision(6));
}

async function readFacts(client: TrunklineClient, choice: Choice): Promise<ModelFacts | null> {
  const slug = slugOf(choice.value);
  if (slug !== null) {
    const feature = await client.get("/api/features/{slug}", { path: { slug } });
    return feature.modelInfo === null ? null : factsOf(feature.modelInfo);
  }
  if (choice.id === null) return null;
  const path = { configuration_id: choice.id };
  const { models } = await client.get("/api/configurations/{configuration_id}/models", { path });
  const found = models.find((model) => model.id === choice.model);
  return found === undefined ? null : factsOf(found);
}

/** What is known of a choice's model; null where nothing is. */
export function factsQuery(client: TrunklineClient, workspaceId: string, choice: Choice) {
  return queryOptions({
    queryKey: ["model-facts", workspaceId, choice.value],
    queryFn: () => readFacts(client, choice),
    staleTime: 600_000,
    retry: false,
  });
}

/** The kinds of file that a model is known not to read. */
export function unreadable(facts: ModelFacts | null | undefined, kinds: readonly ("image" | "pdf")[]): ("image" | "pdf")[] {
  const inputs = facts?.inputs ?? [];
  // Providers that say "image" and not "file" often read PDFs all the same.
  if (inputs.length === 0 || inputs.includes("image")) return [];
  return kinds.filter((kind) => kind === "image" || !inputs.includes("file"));
}
