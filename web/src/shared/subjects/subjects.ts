import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";

/** What a budget or a limit can be for. */
export type SubjectKind = "workspace" | "application" | "user" | "key" | "feature" | "tag" | "configuration";

/** Something that can be chosen: its id (of a feature its slug), and what people call it. */
interface Subject {
  value: string;
  label: string;
}

/** Names without which the workspace's lists show ids only. */
const MOST = 100;

const READ: Record<Exclude<SubjectKind, "workspace" | "tag">, (client: TrunklineClient, workspaceId: string) => Promise<Subject[]>> = {
  async application(client) {
    const found = await client.get("/api/applications", { query: { limit: MOST } });
    return found.map(({ id, name }) => ({ value: id, label: name }));
  },
  async user(client, workspaceId) {
    const found = await client.get("/api/workspaces/{workspace_id}/members", { path: { workspace_id: workspaceId }, query: { limit: MOST } });
    return found.map(({ userId, name, email }) => ({ value: userId, label: name && name !== email ? `${name} (${email})` : email }));
  },
  async key(client) {
    const found = await client.get("/api/keys", { query: { limit: MOST } });
    return found.map(({ id, name, key }) => ({ value: id, label: `${name} (${key})` }));
  },
  async feature(client) {
    const found = await client.get("/api/features");
    return found.map(({ slug, name }) => ({ value: slug, label: name }));
  },
  async configuration(client) {
    const found = await client.get("/api/configurations", { query: { limit: MOST } });
    return found.map(({ id, name }) => ({ value: id, label: name }));
  },
};

/** Everything of a kind that can be chosen in the workspace. */
export function subjectsQuery(client: TrunklineClient, workspaceId: string, kind: SubjectKind) {
  return queryOptions({
    queryKey: ["subjects", workspaceId, kind],
    queryFn: () => (kind === "workspace" || kind === "tag" ? Promise.resolve([]) : READ[kind](client, workspaceId)),
    staleTime: 30_000,
  });
}
