import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import type { ConfigurationName } from "@/shared/subjects/configurations";

const listModels = (client: TrunklineClient, provider: string) => client.get("/api/providers/{name}/models", { path: { name: provider } });

/** The models of a provider: live where a configuration can ask it, else from the catalogue. */
export function providerModelsQuery(client: TrunklineClient, workspaceId: string, provider: string) {
  return queryOptions({
    queryKey: ["provider-models", workspaceId, provider, ""],
    queryFn: () => listModels(client, provider),
    staleTime: 600_000,
  });
}

const readStanding = async (client: TrunklineClient, { id, provider }: ConfigurationName) => {
  const { available, nearest } = await client.get("/api/providers/{name}/models", { path: { name: provider }, query: { configurationId: id } });
  return { available, nearest };
};

/** Whether a configuration's own provider and key still have its model, and which are like it. */
export function standingQuery(client: TrunklineClient, workspaceId: string, configuration: ConfigurationName) {
  return queryOptions({
    queryKey: ["model-standing", workspaceId, configuration.id, configuration.revision],
    queryFn: () => readStanding(client, configuration),
    staleTime: 600_000,
  });
}

/** Gives a configuration another model, if nobody has changed it meanwhile. */
export function changeModel(client: TrunklineClient, { id, revision }: ConfigurationName, model: string, reason: string): Promise<{ name: string; model: string | null }> {
  return client.put("/api/configurations/{configuration_id}", { path: { configuration_id: id }, body: { model, reason }, headers: { "if-match": `"${revision}"` } });
}

export type ModelList = Awaited<ReturnType<typeof listModels>>;
export type Model = ModelList["models"][number];
