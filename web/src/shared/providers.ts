import { queryOptions, useQuery } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { useWorkspace } from "./workspace";

/** The ids and names of all providers. */
export function providersQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["providers", workspaceId, "names"],
    queryFn: async () => (await client.get("/api/providers")).map(({ name, displayName }) => ({ value: name, label: displayName })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What providers are called; one that nobody knows by its id. */
export function useProviderNames(): (provider: string) => string {
  const { client, id } = useWorkspace();
  const { data = [] } = useQuery(providersQuery(client, id));
  return (provider) => data.find(({ value }) => value === provider)?.label ?? provider;
}
