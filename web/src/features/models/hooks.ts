import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { ConfigurationDraft, TestStage } from "@trunkline/client";
import { configurationsQuery } from "@/shared/subjects/configurations";
import { useWorkspace } from "@/shared/workspace";
import {
  type Configuration,
  configurationQuery,
  configurationUsageQuery,
  modelsQuery,
  type Period,
  providersQuery,
  templatesQuery,
  testConfiguration,
} from "./api";

type Change = { configurationId: string; body: Record<string, unknown>; revision?: number; reason?: string };

/** All configurations that one sees, whole. */
export function useConfigurations() {
  const { client, id } = useWorkspace();
  return useQuery(configurationsQuery(client, id));
}

/** One configuration. */
export function useConfiguration(configurationId: string) {
  const { client, id } = useWorkspace();
  return useQuery(configurationQuery(client, id, configurationId));
}

/** Has everything that shows configurations read them anew. */
export function useReread(): (configurationId?: string) => Promise<void> {
  const { id } = useWorkspace();
  const queries = useQueryClient();
  return async (configurationId) => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["configurations", id] }),
      queries.invalidateQueries({ queryKey: ["status", id] }),
      ...(configurationId === undefined
        ? []
        : [
            queries.invalidateQueries({ queryKey: ["configuration", id, configurationId] }),
            queries.invalidateQueries({ queryKey: ["revisions", id, configurationId] }),
          ]),
    ]);
  };
}

/** Saves a new configuration, which is drafted first: to seal its key asks the server, and may fail as the rest does. */
export function useCreateConfiguration() {
  const { client } = useWorkspace();
  const reread = useReread();
  return useMutation({
    mutationFn: async (draft: () => Promise<ConfigurationDraft & { name: string; provider: string; model: string; shared: boolean }>) =>
      client.post("/api/configurations", { body: (await draft()) as never }),
    onSuccess: () => reread(),
  });
}

/** Changes part of one; with a `revision` only if it is still at that one, else a 412 is thrown. */
export function useUpdateConfiguration() {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const reread = useReread();
  return useMutation({
    mutationFn: ({ configurationId, body, revision, reason = "" }: Change): Promise<Configuration> =>
      client.put("/api/configurations/{configuration_id}", {
        path: { configuration_id: configurationId },
        body: { ...body, reason } as never,
        headers: revision === undefined ? {} : { "if-match": `"${revision}"` },
      }),
    onSuccess: (saved) => {
      queries.setQueryData(configurationQuery(client, id, saved.id).queryKey, saved);
      return reread(saved.id);
    },
  });
}

/** Deletes one, and erases its keys. */
export function useDeleteConfiguration() {
  const { client } = useWorkspace();
  const reread = useReread();
  return useMutation({
    mutationFn: (configurationId: string) => client.delete("/api/configurations/{configuration_id}", { path: { configuration_id: configurationId } }),
    onSuccess: () => reread(),
  });
}

/** Asks the provider whether a saved configuration works. The result stays in the cache, where the stores find it. */
export function useTestConnection() {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const reread = useReread();
  return useMutation({
    mutationFn: (configurationId: string) => testConfiguration(client, configurationId),
    onSuccess: (result, configurationId) => {
      queries.setQueryData(["connection-test", id, configurationId], result);
      return reread(configurationId);
    },
  });
}

/** Tests a configuration of `provider` that is not saved, and gives each stage as it ends. */
export function useValidateConfiguration(provider: string) {
  const { client } = useWorkspace();
  const [stages, setStages] = useState<TestStage[]>([]);
  const last = useRef<AbortController | null>(null);
  useEffect(() => () => last.current?.abort(), []);
  const running = useMutation({
    mutationFn: async (draft: () => Promise<ConfigurationDraft>) => {
      last.current?.abort();
      const stop = new AbortController();
      last.current = stop;
      setStages([]);
      return client.drafts.test(provider, await draft(), { signal: stop.signal, stage: (stage) => setStages((before) => [...before, stage]) });
    },
  });
  return { ...running, stages };
}

/** What was used through one in a period. */
export function useUsageStats(configurationId: string, period: Period) {
  const { client, id } = useWorkspace();
  return useQuery(configurationUsageQuery(client, id, configurationId, period));
}

/** All providers that there are. */
export function useProviders() {
  const { client } = useWorkspace();
  return useQuery(providersQuery(client));
}

/** A provider's models: by a draft's own key, by the configuration that `stamp` names, or from the catalogue. */
export function useProviderModels(provider: string, stamp = "", draft?: () => Promise<ConfigurationDraft>) {
  const { client, id } = useWorkspace();
  return useQuery(modelsQuery(client, id, provider, stamp, draft));
}

/** Settings to begin with: one's own and those that come with Trunkline. */
export function useProviderTemplates(provider: string) {
  const { client, id } = useWorkspace();
  return useQuery(templatesQuery(client, id, provider));
}
