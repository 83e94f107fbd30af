import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";

const PAGE = 100;

type Configurations = Awaited<ReturnType<typeof readPage>>["items"];
export type Configuration = Configurations[number];

function readPage(client: TrunklineClient, cursor: string | null) {
  return client.page("/api/configurations", { query: { limit: PAGE, cursor } });
}

/** All configurations that one sees in the workspace. */
export async function readConfigurations(client: TrunklineClient): Promise<Configurations> {
  const all: Configurations = [];
  let cursor: string | null = null;
  do {
    const { items, next }: { items: Configurations; next: string | null } = await readPage(client, cursor);
    all.push(...items);
    cursor = next;
  } while (cursor !== null);
  return all;
}

/** The same, kept for all pages. */
export function configurationsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["configurations", workspaceId], queryFn: () => readConfigurations(client) });
}
