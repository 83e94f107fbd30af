import { notifyManager, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useSyncExternalStore } from "react";
import { useWorkspace } from "@/shared/workspace";
import type { Configuration, ConfigurationUsage, Model, ModelList, Provider, Template, TestResult } from "./api";
import { useConfigurations, useProviders } from "./hooks";

/** What is known of configurations: a view of the cache, which holds what the server said. */
interface ModelStore {
  configurations: Configuration[];
  selectedConfig: Configuration | null;
  isLoading: boolean;
  /** By configuration. */
  testResults: Record<string, TestResult>;
  /** By configuration. */
  usageStats: Record<string, ConfigurationUsage>;
}

/** What is known of providers, likewise. */
interface ProviderStore {
  supportedProviders: Provider[];
  /** By provider. */
  availableModels: Record<string, Model[]>;
  /** By provider. */
  templates: Record<string, Template[]>;
}

/** All configurations, the one of `selectedId`, and what tests and usage have said of each so far. */
export function useModelStore(selectedId = ""): ModelStore {
  const { data, isPending } = useConfigurations();
  const configurations = data ?? NONE;
  return {
    configurations,
    selectedConfig: configurations.find((each) => each.id === selectedId) ?? null,
    isLoading: isPending,
    testResults: useCached<TestResult>("connection-test"),
    usageStats: useCached<ConfigurationUsage>("configuration-usage"),
  };
}

/** All providers, and the models and templates of those that were asked about. */
export function useProviderStore(): ProviderStore {
  const { data } = useProviders();
  const lists = useCached<ModelList>("provider-models");
  return {
    supportedProviders: data ?? NO_PROVIDERS,
    availableModels: Object.fromEntries(Object.entries(lists).map(([provider, list]) => [provider, list.models])),
    templates: useCached<Template[]>("templates"),
  };
}

const NONE: Configuration[] = [];
const NO_PROVIDERS: Provider[] = [];

/** What the cache holds under `kind` of this workspace, by the third part of its keys; of several the latest. */
function useCached<T>(kind: string): Record<string, T> {
  const queries = useQueryClient();
  const { id } = useWorkspace();
  const kept = useRef<{ stamp: string; value: Record<string, T> }>({ stamp: "", value: {} });
  const subscribe = useCallback((listener: () => void) => queries.getQueryCache().subscribe(notifyManager.batchCalls(listener)), [queries]);
  return useSyncExternalStore(subscribe, () => {
    const found = queries.getQueryCache().findAll({ queryKey: [kind, id] }).filter((query) => query.state.data !== undefined);
    const stamp = found.map((query) => `${query.queryHash}@${query.state.dataUpdatedAt}`).join();
    if (stamp !== kept.current.stamp) {
      const oldest = found.toSorted((a, b) => a.state.dataUpdatedAt - b.state.dataUpdatedAt);
      kept.current = { stamp, value: Object.fromEntries(oldest.map((query) => [String(query.queryKey[2]), query.state.data as T])) };
    }
    return kept.current.value;
  });
}
