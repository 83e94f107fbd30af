import { queryOptions } from "@tanstack/react-query";
import type { Status, TrunklineClient } from "@trunkline/client";

const listConfigurations = (client: TrunklineClient) => client.get("/api/configurations", { query: { limit: 100 } });
const readWeek = (client: TrunklineClient) => client.get("/api/usage/report", { query: { period: "week" } });

/** All configurations that one sees in the workspace. */
export function configurationsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["configurations", workspaceId],
    queryFn: () => listConfigurations(client),
  });
}

/** What each configuration was used for in the last seven days. */
export function weekQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["usage", "week", workspaceId],
    queryFn: () => readWeek(client),
  });
}

/** How each of them is and was. */
export function healthQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["status", workspaceId],
    queryFn: (): Promise<Status> => client.status.read({ limit: 100 }),
    refetchInterval: 30_000,
  });
}

export type Configuration = Awaited<ReturnType<typeof listConfigurations>>[number];
export type Week = Awaited<ReturnType<typeof readWeek>>;
