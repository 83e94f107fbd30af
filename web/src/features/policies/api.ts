import { queryOptions } from "@tanstack/react-query";
import type { Policy, PolicyPreview, TrunklineClient } from "@trunkline/client";
import { at, pagesQuery } from "@/shared/api/pages";

const MOST = 50;

export type { Policy, PolicyPreview } from "@trunkline/client";

const readViolations = async (client: TrunklineClient, workspaceId: string, policyId: string | undefined, cursor: string | null) => {
  const query = { workspaceId, limit: MOST, ...at(cursor) };
  const { items, next } = await (policyId === undefined
    ? client.page("/policy/violations", { query })
    : client.page("/policy/{policy_id}/violations", { path: { policy_id: policyId }, query }));
  return { items: items.violations, next };
};


/** What a policy says, as it is sent. */
export interface PolicyDraft {
  name: string;
  content: string;
  riskType: "LOW" | "MEDIUM" | "HIGH";
  actionType: number;
  failMode: "open" | "closed";
  rule: Record<string, unknown> | null;
}

/** The policies that hold in the workspace: its own, and those of the installation. */
export function policiesQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["policies", workspaceId],
    queryFn: async (): Promise<Policy[]> => {
      const { policies } = await client.get("/policy");
      return policies.filter((policy) => policy.workspaceId === null || policy.workspaceId === workspaceId);
    },
  });
}

/** Calls that broke a policy of the workspace, the newest first. */
export const violationsQuery = (client: TrunklineClient, workspaceId: string, policyId: string | undefined) =>
  pagesQuery(["violations", workspaceId, policyId ?? ""], (cursor) => readViolations(client, workspaceId, policyId, cursor));

/** Makes a policy for the workspace, one of its applications or keys. */
export async function createPolicy(client: TrunklineClient, workspaceId: string, draft: PolicyDraft, scope: { repoId: string | null; keyId: string | null }): Promise<void> {
  await client.createPolicy({ ...draft, ...scope, workspaceId });
}

/** A policy as it is now. */
export const readPolicy = async (client: TrunklineClient, id: string): Promise<Policy> => (await client.get("/policy/{policy_id}", { path: { policy_id: id } })).policy;

/** Changes a policy as it was at `revision`; fails with 412 where somebody else changed it meanwhile. Where it holds stays. */
export async function updatePolicy(client: TrunklineClient, { id, revision }: Policy, draft: PolicyDraft): Promise<void> {
  await client.put("/policy/{policy_id}", { path: { policy_id: id }, headers: { "if-match": `"${revision}"` }, body: draft });
}

/** Switches a policy on or off, whatever else it says by now. */
export async function switchPolicy(client: TrunklineClient, id: string, enabled: boolean): Promise<void> {
  await client.updatePolicy(id, { enabled });
}

/** Ends a policy. */
export async function deletePolicy(client: TrunklineClient, id: string): Promise<void> {
  await client.deletePolicy(id);
}

/** Which of the calls of the last day a rule would have found. */
export const previewPolicy = (client: TrunklineClient, given: { workspaceId: string; repoId: string | null; keyId: string | null; rule: Record<string, unknown> }): Promise<PolicyPreview> =>
  client.previewPolicy(given);
