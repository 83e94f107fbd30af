import type { TrunklineClient } from "@trunkline/client";
import { at, pagesQuery } from "@/shared/api/pages";

const MOST = 100;

/** A budget as it is now. */
export const readBudget = (client: TrunklineClient, id: string) => client.get("/api/budgets/{budget_id}", { path: { budget_id: id } });
const createWith = (client: TrunklineClient, body: BudgetDraft) => client.post("/api/budgets", { body });

export type Budget = Awaited<ReturnType<typeof readBudget>>;
export type Limit = Awaited<ReturnType<TrunklineClient["limits"]["get"]>>;
export type LimitDraft = Parameters<TrunklineClient["limits"]["create"]>[0];

/** A budget to be made. */
export interface BudgetDraft {
  name: string;
  subject: Budget["subject"];
  subjectId: string | null;
  amount: string;
  period: Budget["period"];
  timeZone: string;
  hard: boolean;
  thresholds: number[];
  defaultPrice: { input: string; output: string } | null;
}

/** The workspace's budgets, with what is spent of them now. */
export function budgetsQuery(client: TrunklineClient, workspaceId: string) {
  return {
    ...pagesQuery(["budgets", workspaceId], (cursor) => client.page("/api/budgets", { query: { limit: MOST, ...at(cursor) } })),
    refetchInterval: 15_000,
  };
}

/** The limits that one sees: admins all, others those that concern them. */
export function limitsQuery(client: TrunklineClient, workspaceId: string) {
  return pagesQuery(["limits", workspaceId], (cursor) => client.page("/api/limits", { query: { limit: MOST, ...at(cursor) } }));
}

/** Makes a budget. */
export const createBudget = (client: TrunklineClient, draft: BudgetDraft): Promise<Budget> => createWith(client, draft);

/** Changes a budget as it was at `revision`; fails with 412 where somebody else changed it meanwhile. */
export function updateBudget(client: TrunklineClient, { id, revision }: Budget, draft: BudgetDraft): Promise<Budget> {
  return client.put("/api/budgets/{budget_id}", { path: { budget_id: id }, headers: { "if-match": `"${revision}"` }, body: draft });
}

/** Changes how much a limit is, as it was at `revision`; fails with 412 where somebody else changed it meanwhile. */
export function updateLimit(client: TrunklineClient, { id, revision }: Limit, { amount, burst }: LimitDraft): Promise<Limit> {
  return client.put("/api/limits/{limit_id}", { path: { limit_id: id }, headers: { "if-match": `"${revision}"` }, body: { amount, burst: burst ?? null } });
}

/** Deletes a budget: calls are held to it no more. */
export async function deleteBudget(client: TrunklineClient, id: string): Promise<void> {
  await client.delete("/api/budgets/{budget_id}", { path: { budget_id: id } });
}
