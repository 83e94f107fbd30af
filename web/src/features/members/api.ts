import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { clientFor } from "@/shared/api/client";
import { at, pagesQuery } from "@/shared/api/pages";
import { begin } from "@/shared/api/session";

const MOST = 100;
export const ROLES = ["viewer", "member", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

const there = (workspaceId: string) => ({ path: { workspace_id: workspaceId } });
const readMembers = (client: TrunklineClient, id: string, cursor: string | null) =>
  client.page("/api/workspaces/{workspace_id}/members", { ...there(id), query: { limit: MOST, ...at(cursor) } });
const readInvitations = (client: TrunklineClient, id: string, cursor: string | null) =>
  client.page("/api/workspaces/{workspace_id}/invitations", { ...there(id), query: { limit: MOST, ...at(cursor) } });
const invite = (client: TrunklineClient, id: string, body: { email: string; role: Role }) =>
  client.post("/api/workspaces/{workspace_id}/invitations", { ...there(id), body });
const readWorkspace = (client: TrunklineClient, id: string) => client.get("/api/workspaces/{workspace_id}", there(id));

export type Member = Awaited<ReturnType<typeof readMembers>>["items"][number];
export type Invitation = Awaited<ReturnType<typeof readInvitations>>["items"][number];
export type NewInvitation = Awaited<ReturnType<typeof invite>>;
export type Workspace = Awaited<ReturnType<typeof readWorkspace>>;

/** Who belongs to the workspace. */
export const membersQuery = (client: TrunklineClient, id: string) => pagesQuery(["members", id], (cursor) => readMembers(client, id, cursor));

/** The open invitations. */
export const invitationsQuery = (client: TrunklineClient, id: string) => pagesQuery(["invitations", id], (cursor) => readInvitations(client, id, cursor));

/** The workspace itself. */
export const workspaceQuery = (client: TrunklineClient, id: string) => queryOptions({ queryKey: ["workspace", id], queryFn: () => readWorkspace(client, id) });

/** The names of the keys that somebody made here: they are revoked when they go. */
export function keysOfQuery(client: TrunklineClient, id: string, userId: string) {
  return queryOptions({
    queryKey: ["keys", id, "of", userId],
    queryFn: async () => (await client.get("/api/keys", { query: { limit: MOST } })).filter((key) => key.userId === userId).map(({ name }) => name),
  });
}

/** Invites somebody. The answer holds the token, this once. */
export const createInvitation = invite;

/** Takes an invitation back. */
export async function deleteInvitation(client: TrunklineClient, id: string, invitationId: string): Promise<void> {
  await client.delete("/api/workspaces/{workspace_id}/invitations/{invitation_id}", { path: { workspace_id: id, invitation_id: invitationId } });
}

/** Gives a member another role. */
export async function changeRole(client: TrunklineClient, id: string, userId: string, role: Role): Promise<void> {
  await client.patch("/api/workspaces/{workspace_id}/members/{user_id}", { path: { workspace_id: id, user_id: userId }, body: { role } });
}

/** Removes a member; oneself: leaves. */
export async function removeMember(client: TrunklineClient, id: string, userId: string): Promise<void> {
  await client.delete("/api/workspaces/{workspace_id}/members/{user_id}", { path: { workspace_id: id, user_id: userId } });
}

/** Makes a shared workspace. */
export const createWorkspace = (name: string): Promise<Workspace> => clientFor().post("/api/workspaces", { body: { name } });

/** Calls the workspace otherwise. */
export async function renameWorkspace(client: TrunklineClient, id: string, name: string): Promise<void> {
  await client.patch("/api/workspaces/{workspace_id}", { ...there(id), body: { name } });
}

/** Deletes the workspace with all that is in it. */
export async function deleteWorkspace(client: TrunklineClient, id: string): Promise<void> {
  await client.delete("/api/workspaces/{workspace_id}", there(id));
}

/** Joins a workspace: as who is signed in, or with a name and a password as somebody new, who then is. Gives its id. */
export async function acceptInvitation(given: { token: string; name?: string; password?: string }): Promise<string> {
  const { workspace, session } = await clientFor().post("/api/auth/invitations/accept", { body: { ...given, cookie: true } });
  if (session) begin(session);
  return workspace.id;
}
