import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useWorkspace } from "@/shared/workspace";
import { createKey, deleteKey, dependentsQuery, type KeyDraft, keyLimitsQuery, keysQuery, updateKey } from "./api";

/** All keys that one sees, page by page. */
export function useKeys() {
  const { client, id } = useWorkspace();
  return useInfiniteQuery(keysQuery(client, id));
}

/** The limits of keys. */
export function useKeyLimits() {
  const { client, id } = useWorkspace();
  return useQuery(keyLimitsQuery(client, id));
}

/** What depends on a key. */
export function useDependents(keyId: string) {
  const { client, id } = useWorkspace();
  return useQuery(dependentsQuery(client, id, keyId));
}

/** Makes a key. What it gives holds the key itself, until `reset` is called. */
export function useCreateKey() {
  const { client } = useWorkspace();
  // Nothing of it is kept after the page is left.
  return useMutation({ mutationFn: (draft: KeyDraft) => createKey(client, draft), onSettled: useForgetKeys(), gcTime: 0 });
}

/** Changes a key. */
export function useUpdateKey(keyId: string) {
  const { client } = useWorkspace();
  return useMutation({
    mutationFn: (change: Parameters<typeof updateKey>[2]) => updateKey(client, keyId, change),
    onSuccess: useForgetKeys(),
  });
}

/** Revokes a key. */
export function useDeleteKey(): (keyId: string) => Promise<void> {
  const { client } = useWorkspace();
  const forget = useForgetKeys();
  return async (keyId) => {
    await deleteKey(client, keyId);
    await forget();
  };
}

function useForgetKeys(): () => Promise<void> {
  const { id } = useWorkspace();
  const queries = useQueryClient();
  return async () => {
    await Promise.all(["keys", "limits", "subjects"].map((name) => queries.invalidateQueries({ queryKey: [name, id] })));
  };
}
