import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { at, readAll } from "@/shared/api/pages";

const PAGE = 100;

type Configurations = Awaited<ReturnType<typeof readPage>>["items"];
export type Configuration = Configurations[number];

function readPage(client: TrunklineClient, cursor: string | null) {
  return client.page("/api/configurations", { query: { limit: PAGE, ...at(cursor) } });
}

/** All configurations that one sees in the workspace. */
export function readConfigurations(client: TrunklineClient): Promise<Configurations> {
  return readAll((cursor) => readPage(client, cursor));
}

/** The same, kept for all pages. */
export function configurationsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["configurations", workspaceId], queryFn: () => readConfigurations(client) });
}
