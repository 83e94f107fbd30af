import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient, UsageQuery } from "@trunkline/client";
import { timeZone } from "@/shared/format/zone";
import { type FilterName, FILTERS } from "./search";

const LOOKED_BACK_MS = 90 * 86_400_000;

/** The values that calls of the last 90 days have: what a filter can be set to, and their names. */
export function valuesQuery(client: TrunklineClient, workspaceId: string, name: FilterName) {
  return queryOptions({
    queryKey: ["call-values", workspaceId, name],
    queryFn: async () => {
      const day = new Date(Date.now() - LOOKED_BACK_MS).toISOString().slice(0, 10);
      const query: UsageQuery = { by: FILTERS[name].by, from: day, top: 1000, limit: 1, timeZone: timeZone() };
      return (await client.usage.get(query)).breakdown.map(({ key, name: called, requestCount }) => ({ key, name: called, calls: requestCount }));
    },
    staleTime: 60_000,
  });
}
