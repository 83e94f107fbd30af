import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Saved } from "@/shared/revisions/useConflicts";
import { useWorkspace } from "@/shared/workspace";
import { type Budget, type BudgetDraft, budgetsQuery, createBudget, deleteBudget, type Limit, type LimitDraft, limitsQuery, updateBudget, updateLimit } from "./api";

/** The workspace's budgets. */
export function useBudgets() {
  const { client, id } = useWorkspace();
  return useInfiniteQuery(budgetsQuery(client, id));
}

/** The limits that one sees. */
export function useLimits() {
  const { client, id } = useWorkspace();
  return useInfiniteQuery(limitsQuery(client, id));
}

/** Makes a budget, or changes `onto`, as it was then; fails with 412 where somebody else changed it meanwhile. */
export function useSaveBudget() {
  const { client } = useWorkspace();
  return useMutation({
    mutationFn: ({ draft, onto }: Saved<Budget, BudgetDraft>) => (onto === null ? createBudget(client, draft) : updateBudget(client, onto, draft)),
    onSettled: useForget("budgets"),
  });
}

/** Deletes a budget. */
export function useDeleteBudget(): (id: string) => Promise<void> {
  const { client } = useWorkspace();
  const forget = useForget("budgets");
  return async (id) => {
    await deleteBudget(client, id);
    await forget();
  };
}

/** Makes a limit, or changes how much `onto` is, as it was then; fails with 412 where somebody else changed it meanwhile. */
export function useSaveLimit() {
  const { client } = useWorkspace();
  return useMutation({
    mutationFn: ({ draft, onto }: Saved<Limit, LimitDraft>) => (onto === null ? client.limits.create(draft) : updateLimit(client, onto, draft)),
    onSettled: useForget("limits"),
  });
}

/** Deletes a limit. */
export function useDeleteLimit(): (id: string) => Promise<void> {
  const { client } = useWorkspace();
  const forget = useForget("limits");
  return async (id) => {
    await client.limits.delete(id);
    await forget();
  };
}

function useForget(name: "budgets" | "limits"): () => Promise<void> {
  const { id } = useWorkspace();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: [name, id] });
}
