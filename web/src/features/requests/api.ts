import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { RequestQuery, TrunklineClient, UsageQuery } from "@trunkline/client";
import { timeZone } from "@/shared/format/zone";

const PAGE = 100;

/** Requests page by page, the newest first. */
export function requestsQuery(client: TrunklineClient, workspaceId: string, asked: RequestQuery) {
  return infiniteQueryOptions({
    queryKey: ["requests", workspaceId, asked],
    queryFn: ({ pageParam }) =>
      client.page("/api/requests", { query: { ...asked, timeZone: timeZone(), limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 60_000,
  });
}

/** What all of them add up to, also those that are not loaded. */
export function sumsQuery(client: TrunklineClient, workspaceId: string, asked: UsageQuery) {
  return queryOptions({
    queryKey: ["requests", "sums", workspaceId, asked],
    queryFn: () => client.usage.get({ ...asked, timeZone: timeZone(), limit: 1 }),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}

/** The whole life of one. */
export function callQuery(client: TrunklineClient, workspaceId: string, callId: string) {
  return queryOptions({ queryKey: ["requests", "one", workspaceId, callId], queryFn: () => client.requests.get(callId) });
}

/** Saves all of them as a file. */
export async function exportRequests(client: TrunklineClient, asked: RequestQuery, format: "csv" | "json"): Promise<void> {
  const file = await client.requests.export({ ...asked, timeZone: timeZone(), format });
  const { saveFile } = await import("@/shared/files/save");
  saveFile(file, `requests.${format}`);
}

export type { RequestDetails as Call, RequestSummary } from "@trunkline/client";
