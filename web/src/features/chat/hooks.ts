import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useWorkspace } from "@/shared/workspace";
import { changeConversation, type ConversationChange, conversationQuery, type ConversationTree, deleteConversation, rateAnswer } from "./api";
import { endOf } from "./branches";
import { join, type Pending, type Place, talks } from "./talk";

/** Where talking happens. */
export function usePlace(): Place {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  return useMemo(() => ({ client, workspaceId: id, queries }), [client, id, queries]);
}

/** What is being written in a conversation. */
export function usePending(conversationId: string): readonly Pending[] {
  return useSyncExternalStore(talks.subscribe, () => talks.of(conversationId));
}

/** A conversation. Answers that are being written are followed, whoever asked for them. */
export function useConversation(id: string) {
  const place = usePlace();
  const query = useQuery({ ...conversationQuery(place.client, place.workspaceId, id), refetchOnWindowFocus: true });
  const running = query.data?.messages.filter((message) => message.state === "streaming");
  useEffect(() => {
    for (const message of running ?? []) {
      const followed = talks.of(id).some(({ answer }) => answer.read().messageId === message.id || answer.read().messageId === null);
      if (!followed) void join(place, id, message.id, message.parentId);
    }
  }, [place, id, running]);
  return query;
}

/** Changes a conversation, at once here and then there. */
export function useChangeConversation(id: string) {
  const { client, workspaceId, queries } = usePlace();
  const { queryKey } = conversationQuery(client, workspaceId, id);
  return useMutation({
    mutationFn: (change: ConversationChange) => changeConversation(client, id, change),
    onMutate: (change) => {
      queries.setQueryData(queryKey, (tree: ConversationTree | undefined) => tree && laidOver(tree, change));
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey });
      await queries.invalidateQueries({ queryKey: ["conversations", workspaceId] });
    },
  });
}

function laidOver(tree: ConversationTree, change: ConversationChange): ConversationTree {
  return {
    ...tree,
    ...(change.title ? { title: change.title } : {}),
    ...(change.leafId ? { leafId: endOf(tree.messages, change.leafId) } : {}),
    ...(change.model ? { model: change.model, feature: null } : {}),
    ...(change.feature ? { feature: change.feature, model: null } : {}),
  };
}

export function useDeleteConversation() {
  const { client, workspaceId, queries } = usePlace();
  return async (id: string): Promise<void> => {
    await deleteConversation(client, id);
    queries.removeQueries({ queryKey: conversationQuery(client, workspaceId, id).queryKey });
    await queries.invalidateQueries({ queryKey: ["conversations", workspaceId] });
  };
}

/** Rates an answer; shown at once. */
export function useRate(conversationId: string, messageId: string) {
  const { client, workspaceId, queries } = usePlace();
  const { queryKey } = conversationQuery(client, workspaceId, conversationId);
  return useMutation({
    mutationFn: (rating: number) => rateAnswer(client, { conversationId, messageId }, rating),
    onMutate: (rating) => {
      queries.setQueryData(queryKey, (tree: ConversationTree | undefined) =>
        tree && { ...tree, messages: tree.messages.map((message) => (message.id === messageId ? { ...message, rating } : message)) },
      );
    },
    onError: () => void queries.invalidateQueries({ queryKey }),
  });
}
