import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { usePreference } from "@/shared/preference";
import { useWorkspace } from "@/shared/workspace";
import {
  changeRole, createInvitation, createWorkspace, deleteInvitation, deleteWorkspace, invitationsQuery, keysOfQuery, membersQuery, removeMember, renameWorkspace,
  type Role, workspaceQuery,
} from "./api";

/** Who belongs to the workspace. */
export function useMembers() {
  const { client, id } = useWorkspace();
  return useInfiniteQuery(membersQuery(client, id));
}

/** The open invitations; not asked for by who may not see them. */
export function useInvitations(enabled: boolean) {
  const { client, id } = useWorkspace();
  return useInfiniteQuery({ ...invitationsQuery(client, id), enabled });
}

/** The workspace. */
export function useThisWorkspace() {
  const { client, id } = useWorkspace();
  return useQuery(workspaceQuery(client, id));
}

/** The names of the keys that a member made here. */
export function useKeysOf(userId: string): string[] {
  const { client, id } = useWorkspace();
  return useQuery(keysOfQuery(client, id, userId)).data ?? [];
}

/** Invites somebody. */
export function useInvite() {
  const { client, id } = useWorkspace();
  return useMutation({ mutationFn: (given: { email: string; role: Role }) => createInvitation(client, id, given), onSettled: useForget(), gcTime: 0 });
}

/** Gives a member another role. */
export function useChangeRole() {
  const { client, id } = useWorkspace();
  return useMutation({ mutationFn: ({ userId, role }: { userId: string; role: Role }) => changeRole(client, id, userId, role), onSettled: useForget() });
}

/** What removes things from the workspace, or the workspace itself. */
export function useRemovals() {
  const { client, id } = useWorkspace();
  const forget = useForget();
  return {
    takeBack: async (invitationId: string) => {
      await deleteInvitation(client, id, invitationId);
      await forget();
    },
    remove: async (userId: string) => {
      await removeMember(client, id, userId);
      await forget();
    },
    destroy: async () => {
      await deleteWorkspace(client, id);
      await forget();
    },
  };
}

/** Makes a workspace and goes there. */
export function useCreateWorkspace() {
  const forget = useForget();
  const [, setWorkspace] = usePreference("workspace", "");
  return useMutation({
    mutationFn: createWorkspace,
    onSuccess: async ({ id }) => {
      await forget();
      setWorkspace(id);
    },
  });
}

/** Calls the workspace otherwise. */
export function useRename() {
  const { client, id } = useWorkspace();
  return useMutation({ mutationFn: (name: string) => renameWorkspace(client, id, name), onSuccess: useForget() });
}

function useForget(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    // One's workspaces and what one may do in them may be others now.
    await Promise.all(["me", "workspace", "members", "invitations", "subjects", "keys"].map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
}
