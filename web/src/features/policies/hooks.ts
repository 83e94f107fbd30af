import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Saved } from "@/shared/revisions/useConflicts";
import { notifyFailed } from "@/shared/ui/notify";
import { notifyUndo } from "@/shared/ui/notifyUndo";
import { useWorkspace } from "@/shared/workspace";
import { createPolicy, deletePolicy, policiesQuery, type Policy, type PolicyDraft, previewPolicy, switchPolicy, updatePolicy, violationsQuery } from "./api";
import { texts } from "./texts";

/** For whom a policy is: all of the workspace, where both are null. */
export interface Scope {
  repoId: string | null;
  keyId: string | null;
}

/** The policies that hold in the workspace. */
export function usePolicies() {
  const { client, id } = useWorkspace();
  return useQuery(policiesQuery(client, id));
}

/** Calls that broke one of them, or `policyId`. */
export function useViolations(policyId: string | undefined) {
  const { client, id } = useWorkspace();
  return useInfiniteQuery(violationsQuery(client, id, policyId));
}

/** Makes a policy for `scope`, or changes `onto`, as it was then; fails with 412 where somebody else changed it meanwhile. */
export function useSavePolicy(scope: Scope) {
  const { client, id } = useWorkspace();
  return useMutation({
    mutationFn: ({ draft, onto }: Saved<Policy, PolicyDraft>) => (onto === null ? createPolicy(client, id, draft, scope) : updatePolicy(client, onto, draft)),
    onSettled: useForget(),
  });
}

/** Switches a policy on or off. What went wrong is told in the corner; the list shows how it is. */
export function useSwitchPolicy(): (policy: Policy, enabled: boolean) => void {
  const { client } = useWorkspace();
  const forget = useForget();
  const { mutate } = useMutation({
    mutationFn: ({ policy, enabled }: { policy: Policy; enabled: boolean }) => switchPolicy(client, policy.id, enabled),
    onSuccess: (_, { policy, enabled }) => notifyUndo(texts.switched(policy.name, enabled), () => mutate({ policy, enabled: !enabled })),
    onError: notifyFailed,
    onSettled: forget,
  });
  return (policy, enabled) => mutate({ policy, enabled });
}

/** Ends a policy. */
export function useDeletePolicy(): (id: string) => Promise<void> {
  const { client } = useWorkspace();
  const forget = useForget();
  return async (id) => {
    await deletePolicy(client, id);
    await forget();
  };
}

/** Tries a rule on the calls of the last day. */
export function usePreview() {
  const { client, id } = useWorkspace();
  return useMutation({ mutationFn: ({ rule, scope }: { rule: Record<string, unknown>; scope: Scope }) => previewPolicy(client, { workspaceId: id, rule, ...scope }) });
}

function useForget(): () => Promise<void> {
  const { id } = useWorkspace();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["policies", id] });
}
