import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { at, readAll } from "@/shared/api/pages";
import { readNames } from "./configurations";

/** What a budget or a limit can be for. */
export type SubjectKind = "workspace" | "application" | "user" | "key" | "feature" | "tag" | "configuration";

/** Something that can be chosen: its id (of a feature its slug), and what people call it. */
interface Subject {
  value: string;
  label: string;
}

const PAGE = 100;

const READ: Record<Exclude<SubjectKind, "workspace" | "tag">, (client: TrunklineClient, workspaceId: string) => Promise<Subject[]>> = {
  async application(client) {
    const found = await readAll((cursor) => client.page("/api/applications", { query: { limit: PAGE, ...at(cursor) } }));
    return found.map(({ id, name }) => ({ value: id, label: name }));
  },
  async user(client, workspaceId) {
    const path = { workspace_id: workspaceId };
    const found = await readAll((cursor) => client.page("/api/workspaces/{workspace_id}/members", { path, query: { limit: PAGE, ...at(cursor) } }));
    return found.map(({ userId, name, email }) => ({ value: userId, label: name && name !== email ? `${name} (${email})` : email }));
  },
  async key(client) {
    const found = await readAll((cursor) => client.page("/api/keys", { query: { limit: PAGE, ...at(cursor) } }));
    return found.map(({ id, name, key }) => ({ value: id, label: `${name} (${key})` }));
  },
  async feature(client) {
    const found = await client.get("/api/features");
    return found.map(({ slug, name }) => ({ value: slug, label: name }));
  },
  async configuration(client) {
    return (await readNames(client)).map(({ id, name }) => ({ value: id, label: name }));
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
