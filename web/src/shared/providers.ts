import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";

/** The ids and names of all providers. */
export function providersQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["providers", workspaceId, "names"],
    queryFn: async () => (await client.get("/api/providers")).map(({ name, displayName }) => ({ value: name, label: displayName })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
