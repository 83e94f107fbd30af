import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Status, TrunklineClient } from "@trunkline/client";

export type { Status } from "@trunkline/client";

const PAGE = 100;

export const SIZES = ["quarter", "day"] as const;
export type CellSize = (typeof SIZES)[number];

/** How the providers are, for every page of the console. Of configurations, which come with them, as few as can be asked for. */
export function statusQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["status", workspaceId, "word"],
    queryFn: (): Promise<Status> => client.status.read({ limit: 1, cells: false }),
    refetchInterval: 30_000,
  });
}

/** The same page by page, in cells of that size. */
export function statusPagesQuery(client: TrunklineClient, workspaceId: string, cell: CellSize) {
  return infiniteQueryOptions({
    queryKey: ["status", workspaceId, "pages", cell],
    queryFn: ({ pageParam }) => client.page("/api/status", { query: { limit: PAGE, cell, ...(pageParam === null ? {} : { cursor: pageParam }) } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 30_000,
  });
}
