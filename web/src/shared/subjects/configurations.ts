import { experimental_streamedQuery as streamedQuery, queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { at } from "@/shared/api/pages";

const PAGE = 100;

/** Whether `count` may be what was read so far while the rest still comes: whole pages. */
export function mayBePart(count: number): boolean {
  return count % PAGE === 0;
}

type Configurations = Awaited<ReturnType<typeof readPage>>["items"];
export type Configuration = Configurations[number];

function readPage(client: TrunklineClient, cursor: string | null) {
  return client.page("/api/configurations", { query: { limit: PAGE, ...at(cursor) } });
}

/** What tells each of all configurations from the others: enough for a choice, in one answer however many there are. */
export const readNames = (client: TrunklineClient) => client.get("/api/configurations/names");
export type ConfigurationName = Awaited<ReturnType<typeof readNames>>[number];

/** The same, kept for all pages of the console. */
export function namesQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["configurations", workspaceId, "names"], queryFn: () => readNames(client), staleTime: 30_000 });
}

/** All configurations that one sees in the workspace, page by page. */
async function* readPages(client: TrunklineClient): AsyncGenerator<Configurations> {
  let cursor: string | null = null;
  do {
    const { items, next }: { items: Configurations; next: string | null } = await readPage(client, cursor);
    yield items;
    cursor = next;
  } while (cursor !== null);
}

/** The same, kept. Where there are many, the first are shown while the others come. */
export function configurationsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["configurations", workspaceId, "whole"],
    queryFn: streamedQuery({
      streamFn: () => readPages(client),
      reducer: (before: Configurations, items: Configurations) => [...before, ...items],
      initialValue: [],
      refetchMode: "replace",
    }),
  });
}
