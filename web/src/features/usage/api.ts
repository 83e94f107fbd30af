import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { TrunklineClient, UsageAnswer, UsageQuery } from "@trunkline/client";
import { readNames } from "@/shared/subjects/configurations";
import { timeZone } from "@/shared/format/zone";

const AGAIN_MS = 30_000;

/** Figures of a period, told apart. No requests come with them beyond one. */
export function figuresQuery(client: TrunklineClient, workspaceId: string, query: UsageQuery) {
  const asked: UsageQuery = { ...query, limit: 1, timeZone: timeZone() };
  return queryOptions({
    queryKey: ["usage", "figures", workspaceId, asked],
    queryFn: () => client.usage.get(asked),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

/** The provider of each configuration, for its mark. */
export function providersQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["usage", "providers", workspaceId],
    queryFn: async () => new Map((await readNames(client)).map((each) => [each.id, each.provider])),
    staleTime: 60_000,
  });
}

/** When a configuration became another: its revisions. */
export function revisionsQuery(client: TrunklineClient, workspaceId: string, configurationId: string | undefined) {
  return queryOptions({
    queryKey: ["usage", "revisions", workspaceId, configurationId],
    queryFn: () => client.get("/api/configurations/{configuration_id}/revisions", { path: { configuration_id: configurationId ?? "" } }),
    enabled: configurationId !== undefined,
  });
}

/** Saves the figures of each day as a file. */
export async function exportFigures(client: TrunklineClient, query: UsageQuery): Promise<void> {
  const { compare: _, limit: __, percentiles: ___, cursor: ____, ...rest } = query;
  const file = await client.usage.export({ ...rest, timeZone: timeZone(), format: "csv" });
  const { saveFile } = await import("@/shared/files/save");
  saveFile(file, "usage.csv");
}

export type Answer = UsageAnswer;
export type Part = UsageAnswer["breakdown"][number];
