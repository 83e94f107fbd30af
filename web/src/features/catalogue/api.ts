import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";

const PAGE = 100;

type Configurations = Awaited<ReturnType<typeof readConfigurations>>["items"];

const readConfigurations = (client: TrunklineClient, cursor: string | null) => client.page("/api/configurations", { query: { limit: PAGE, cursor } });

async function listConfigurations(client: TrunklineClient): Promise<Configurations> {
  const all: Configurations = [];
  let cursor: string | null = null;
  do {
    const { items, next }: { items: Configurations; next: string | null } = await readConfigurations(client, cursor);
    all.push(...items);
    cursor = next;
  } while (cursor !== null);
  return all;
}

/** All configurations that one sees: whose providers' models are listed, and where each is in use. */
export function configuredQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["configurations", workspaceId], queryFn: () => listConfigurations(client) });
}

const listModels = (client: TrunklineClient, provider: string) => client.get("/api/providers/{name}/models", { path: { name: provider } });

/** The models of a provider: live where a configuration can ask it, else from the catalogue. */
export function providerModelsQuery(client: TrunklineClient, workspaceId: string, provider: string) {
  return queryOptions({
    queryKey: ["provider-models", workspaceId, provider, ""],
    queryFn: () => listModels(client, provider),
    staleTime: 600_000,
  });
}

export type Configuration = Configurations[number];
export type ModelList = Awaited<ReturnType<typeof listModels>>;
export type Model = ModelList["models"][number];
