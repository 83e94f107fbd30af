import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { at, pagesQuery } from "@/shared/api/pages";

const MOST = 100;

const readKeys = (client: TrunklineClient, cursor: string | null) => client.page("/api/keys", { query: { limit: MOST, ...at(cursor) } });
const readKey = (client: TrunklineClient, id: string) => client.get("/api/keys/{key_id}", { path: { key_id: id } });

export type Key = Awaited<ReturnType<typeof readKey>>;
export type Limit = Awaited<ReturnType<TrunklineClient["limits"]["get"]>>;

/** The keys that one sees: one's own, and for admins everybody's. */
export function keysQuery(client: TrunklineClient, workspaceId: string) {
  return pagesQuery(["keys", workspaceId], (cursor) => readKeys(client, cursor));
}

/** The limits that are for one key, or for each. */
export function keyLimitsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["limits", workspaceId, "keys"],
    queryFn: () => client.limits.list({ subject: "key", limit: MOST }),
  });
}

/** What else names a key: budgets, limits and policies that are for it alone. */
export function dependentsQuery(client: TrunklineClient, workspaceId: string, keyId: string) {
  return queryOptions({
    queryKey: ["keys", workspaceId, keyId, "dependents"],
    queryFn: async () => {
      const [budgets, limits, { policies }] = await Promise.all([
        client.get("/api/budgets", { query: { limit: MOST } }),
        client.limits.list({ subject: "key", subjectId: keyId, limit: MOST }),
        client.get("/policy", { query: { workspaceId } }),
      ]);
      return {
        budgets: budgets.filter(({ subject, subjectId }) => subject === "key" && subjectId === keyId).map(({ name }) => name),
        limits: limits.length,
        policies: policies.filter((policy) => policy.keyId === keyId).map(({ name }) => name),
      };
    },
  });
}

/** What a new key is to be. A limit that is null is not set. */
export interface KeyDraft {
  name: string;
  scope: "call" | "manage";
  applicationId: string | null;
  models: string[];
  expiresAt: string | null;
  perMinute: number | null;
  parallel: number | null;
}

/** A new key, with what could not be done besides: its limits. */
export interface NewKey {
  key: Key;
  limitsError: unknown;
}

/** Makes a key, and then its limits. The key is there even where a limit was refused. */
export async function createKey(client: TrunklineClient, { perMinute, parallel, ...draft }: KeyDraft): Promise<NewKey> {
  const key = await client.post("/api/keys", { body: draft });
  const limit = { subject: "key", subjectId: key.id } as const;
  try {
    if (perMinute !== null) await client.limits.create({ ...limit, measure: "requests", amount: perMinute, window: "minute" });
    if (parallel !== null) await client.limits.create({ ...limit, measure: "parallel", amount: parallel });
  } catch (error) {
    return { key, limitsError: error };
  }
  return { key, limitsError: null };
}

/** Changes what a key is called, which models it may use, and until when. */
export function updateKey(client: TrunklineClient, id: string, change: Pick<KeyDraft, "name" | "models"> & { expiresAt?: string | null }): Promise<Key> {
  return client.patch("/api/keys/{key_id}", { path: { key_id: id }, body: change });
}

/** Revokes a key at once. */
export async function deleteKey(client: TrunklineClient, id: string): Promise<void> {
  await client.delete("/api/keys/{key_id}", { path: { key_id: id } });
}
