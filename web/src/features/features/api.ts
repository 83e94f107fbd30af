import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AnswerOf, BodyOf, TrunklineClient } from "@trunkline/client";

const MOST_MODELS = 50;
const PAGE = 20;

/** A feature as everybody sees it. */
export type Feature = AnswerOf<"/api/features", "get">[number];
/** The same with its settings, as admins see it. */
export type FeatureSettings = AnswerOf<"/api/features/{slug}", "put">;
export type FeatureChange = BodyOf<"/api/features/{slug}", "put">;
export type NewFeature = BodyOf<"/api/features", "post">;
export type CatalogueModel = AnswerOf<"/api/catalogue/models", "get">["models"][number];

/** Whether one sees the settings, and so may change them. */
export function hasSettings(feature: Feature | FeatureSettings): feature is FeatureSettings {
  return "revision" in feature;
}

export function featuresQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["features", workspaceId], queryFn: (): Promise<(Feature | FeatureSettings)[]> => client.get("/api/features") });
}

export function featureQuery(client: TrunklineClient, workspaceId: string, slug: string) {
  return queryOptions({
    queryKey: ["features", workspaceId, slug],
    queryFn: (): Promise<Feature | FeatureSettings> => client.get("/api/features/{slug}", { path: { slug } }),
  });
}

/** What each feature was used for in seven days. */
export function weekQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["usage", "features", workspaceId],
    queryFn: async () => {
      const { breakdown } = await client.get("/api/usage", { query: { period: "week", by: "feature", limit: 1 } });
      return new Map((breakdown ?? []).map((part) => [part.key ?? "", part]));
    },
  });
}

/** OpenRouter's models that have `q` in their names. */
export function modelsQuery(client: TrunklineClient, workspaceId: string, q: string) {
  return queryOptions({
    queryKey: ["catalogue", workspaceId, "openrouter", q],
    queryFn: async ({ signal }) => (await client.get("/api/catalogue/models", { query: { limit: MOST_MODELS, ...(q === "" ? {} : { q }) }, signal })).models,
    staleTime: 600_000,
    placeholderData: keepPreviousData,
  });
}

export function modelQuery(client: TrunklineClient, workspaceId: string, id: string) {
  return queryOptions({
    queryKey: ["catalogue", workspaceId, "openrouter", "model", id],
    queryFn: async () => (await client.get("/api/catalogue/models/{model_id}", { path: { model_id: id } })).model,
    staleTime: 600_000,
    retry: false,
    enabled: id !== "",
  });
}

/** The saved states of a feature, the newest first. */
export function revisionsQuery(client: TrunklineClient, workspaceId: string, slug: string) {
  return queryOptions({
    queryKey: ["features", workspaceId, slug, "revisions"],
    queryFn: () => client.get("/api/features/{slug}/revisions", { path: { slug }, query: { limit: PAGE } }),
  });
}

const match = (revision: number): Record<string, string> => ({ "if-match": `"${revision}"` });

/** Changes what `change` names; refused when somebody else has changed it since `revision`. */
export function updateFeature(client: TrunklineClient, slug: string, change: FeatureChange, revision: number): Promise<FeatureSettings> {
  return client.put("/api/features/{slug}", { path: { slug }, body: change, headers: match(revision) });
}

export function createFeature(client: TrunklineClient, feature: NewFeature): Promise<FeatureSettings> {
  return client.post("/api/features", { body: feature });
}

export function deleteFeature(client: TrunklineClient, slug: string) {
  return client.delete("/api/features/{slug}", { path: { slug } });
}

export function resetFeature(client: TrunklineClient, slug: string): Promise<FeatureSettings> {
  return client.post("/api/features/{slug}/reset", { path: { slug } });
}

export function revertFeature(client: TrunklineClient, slug: string, number: number, { revision, reason }: { revision: number; reason: string }): Promise<FeatureSettings> {
  return client.post("/api/features/{slug}/revisions/{number}/revert", { path: { slug, number }, body: { reason }, headers: match(revision) });
}

/** Asks OpenRouter about a key, or without one about that in use. */
export function validateKey(client: TrunklineClient, slug: string, apiKey: string | null) {
  return client.post("/api/features/{slug}/validate-key", { path: { slug }, body: apiKey === null ? {} : { apiKey } });
}
