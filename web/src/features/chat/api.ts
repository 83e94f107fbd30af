import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { BodyOf, TrunklineClient } from "@trunkline/client";

const PAGE = 30;

const readPage = (client: TrunklineClient, q: string, cursor: string | undefined, signal: AbortSignal) =>
  client.page("/api/conversations", { query: { limit: PAGE, ...(q === "" ? {} : { q }), ...(cursor === undefined ? {} : { cursor }) }, signal });
const readTree = (client: TrunklineClient, id: string, signal: AbortSignal) =>
  client.get("/api/conversations/{conversation_id}", { path: { conversation_id: id }, signal });

/** One's conversations, the last used first; with `q` those in which it stands. */
export function conversationsQuery(client: TrunklineClient, workspaceId: string, q: string) {
  return infiniteQueryOptions({
    queryKey: ["conversations", workspaceId, q],
    queryFn: ({ pageParam, signal }) => readPage(client, q, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

/** A conversation with all of its branches. */
export function conversationQuery(client: TrunklineClient, workspaceId: string, id: string) {
  return queryOptions({
    queryKey: ["conversation", workspaceId, id],
    queryFn: ({ signal }) => readTree(client, id, signal),
    structuralSharing: true,
  });
}

export type ConversationTree = Awaited<ReturnType<typeof readTree>>;
export type Conversation = Awaited<ReturnType<typeof readPage>>["items"][number];
export type Message = ConversationTree["messages"][number];
export type ConversationChange = BodyOf<"/api/conversations/{conversation_id}", "patch">;

/** Give it a title, show another branch, or go on with another model. */
export function changeConversation(client: TrunklineClient, id: string, body: ConversationChange) {
  return client.patch("/api/conversations/{conversation_id}", { path: { conversation_id: id }, body });
}

export function createConversation(client: TrunklineClient, talkWith: { model: string } | { feature: string }) {
  return client.post("/api/conversations", { body: talkWith });
}

export function deleteConversation(client: TrunklineClient, id: string) {
  return client.delete("/api/conversations/{conversation_id}", { path: { conversation_id: id } });
}

/** Say how good an answer is, from 1 to 5. */
export function rateAnswer(client: TrunklineClient, message: { conversationId: string; messageId: string }, rating: number) {
  const path = { conversation_id: message.conversationId, message_id: message.messageId };
  return client.post("/api/conversations/{conversation_id}/messages/{message_id}/rating", { path, body: { rating } });
}

/** End an answer that is being written. */
export function stopAnswer(client: TrunklineClient, conversationId: string, messageId: string | null) {
  const path = { conversation_id: conversationId };
  return client.post("/api/conversations/{conversation_id}/stop", { path, body: messageId === null ? {} : { messageId } });
}
