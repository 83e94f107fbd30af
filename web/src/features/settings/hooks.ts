import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useWorkspace } from "@/shared/workspace";
import {
  type CaptureChange, cacheQuery, captureQuery, clearCache, createPrice, deletePrice, eraseCapture, type PriceDraft, pricesQuery, type RetentionChange, retentionQuery,
  settingsQuery, updateCapture, updateRetention,
} from "./api";

/** The settings of the installation. */
export function useSettings() {
  const { client } = useWorkspace();
  return useQuery(settingsQuery(client));
}

/** How long things are kept. */
export function useRetention() {
  const { client, id } = useWorkspace();
  return useQuery(retentionQuery(client, id));
}

/** Keeps things for another time. */
export function useUpdateRetention() {
  const { client } = useWorkspace();
  return useMutation({ mutationFn: (change: RetentionChange) => updateRetention(client, change), onSuccess: useForget("retention") });
}

/** What is captured. */
export function useCapture() {
  const { client, id } = useWorkspace();
  return useQuery(captureQuery(client, id));
}

/** Captures otherwise. */
export function useUpdateCapture() {
  const { client } = useWorkspace();
  return useMutation({ mutationFn: (change: CaptureChange) => updateCapture(client, change), onSuccess: useForget("capture") });
}

/** How the response cache stands. */
export function useCache() {
  const { client, id } = useWorkspace();
  return useQuery(cacheQuery(client, id));
}

/** The workspace's own prices. */
export function usePrices() {
  const { client, id } = useWorkspace();
  return useInfiniteQuery(pricesQuery(client, id));
}

/** Sets a price. */
export function useCreatePrice() {
  const { client } = useWorkspace();
  return useMutation({ mutationFn: (draft: PriceDraft) => createPrice(client, draft), onSuccess: useForget("prices") });
}

/** What deletes. */
export function useDeletions() {
  const { client } = useWorkspace();
  const [forgetCapture, forgetCache, forgetPrices] = [useForget("capture"), useForget("cache"), useForget("prices")];
  return {
    erase: () => eraseCapture(client).then(forgetCapture),
    clear: () => clearCache(client).then(forgetCache),
    removePrice: (id: string) => deletePrice(client, id).then(forgetPrices),
  };
}

function useForget(name: string): () => Promise<void> {
  const { id } = useWorkspace();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: [name, id] });
}
