import { queryOptions } from "@tanstack/react-query";
import type { AnswerOf, Status, TrunklineClient } from "@trunkline/client";
import { timeZone } from "@/shared/format/zone";

const LOOK_MS = 3_000;

/** What today was used for, in the chosen time zone. */
export const todayQuery = (client: TrunklineClient, workspaceId: string) =>
  queryOptions({
    queryKey: ["usage", "today", workspaceId, timeZone()],
    queryFn: () => client.get("/api/usage/report", { query: { period: "day", timeZone: timeZone() } }),
    refetchInterval: 60_000,
  });

/** How the providers are and were. Of configurations, which come with them, as few as can be asked for. */
export const healthQuery = (client: TrunklineClient, workspaceId: string) =>
  queryOptions({
    queryKey: ["status", workspaceId],
    queryFn: (): Promise<Status> => client.status.read({ limit: 1 }),
    refetchInterval: 30_000,
  });

/** How many things of each list there are, for the navigation. What is changed here has it read anew (see `main.tsx`). */
export const countsQuery = (client: TrunklineClient, workspaceId: string) =>
  queryOptions({
    queryKey: ["counts", workspaceId],
    queryFn: () => client.get("/api/workspaces/{workspace_id}/counts", { path: { workspace_id: workspaceId } }),
    refetchInterval: 30_000,
  });

export type Counts = AnswerOf<"/api/workspaces/{workspace_id}/counts", "get">;

/** The alerts that are open. */
export const openAlertsQuery = (client: TrunklineClient, workspaceId: string) =>
  queryOptions({
    queryKey: ["alerts", "open", workspaceId],
    queryFn: () => client.get("/api/alerts", { query: { state: "open", limit: 5 } }),
    refetchInterval: 30_000,
  });

/** What of the first steps is done; looked at again and again until the first call has come. */
export const stepsQuery = (client: TrunklineClient, workspaceId: string) =>
  queryOptions({
    queryKey: ["steps", workspaceId],
    queryFn: () => readSteps(client),
    refetchInterval: (query) => (query.state.data?.call === null ? LOOK_MS : false),
  });

async function readSteps(client: TrunklineClient) {
  const [configurations, keys, requests] = await Promise.all([
    client.get("/api/configurations", { query: { limit: 100 } }),
    client.get("/api/keys", { query: { limit: 100 } }),
    client.get("/api/requests", { query: { limit: 50 } }),
  ]);
  return {
    provider: configurations.some((each) => each.provider !== "demo"),
    // The server makes one by itself, to have something to print.
    key: keys.some((each) => each.name !== "First start"),
    // What programs call, they call with a key.
    call: requests.find((each) => each.keyId !== null) ?? null,
  };
}

/** A key that may only call models. */
export const makeKey = async (client: TrunklineClient) => (await client.post("/api/keys", { body: { name: "First program", scope: "call" } })).key;

export type Steps = Awaited<ReturnType<typeof readSteps>>;
