import { queryOptions } from "@tanstack/react-query";
import type { Status, TrunklineClient } from "@trunkline/client";

export type { Status } from "@trunkline/client";

/** How all configurations and providers are and were. */
export function statusQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["status", workspaceId],
    queryFn: (): Promise<Status> => client.status.read({ limit: 100 }),
    refetchInterval: 30_000,
  });
}
