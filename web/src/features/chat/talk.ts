import { notifyManager, type QueryClient } from "@tanstack/react-query";
import type { AnswerEvent, TrunklineClient } from "@trunkline/client";
import { type AnswerPart, follow, RunningAnswer } from "@/shared/answer/running";
import { conversationQuery, type ConversationTree } from "./api";

/** An answer that is being written, and what it follows. */
export interface Pending {
  conversationId: string;
  /** The question, where the server is known to have it. */
  questionId: string | null;
  /** The question as it was sent, and what it follows; null for an answer to a question that is there. */
  question: { parts: readonly AnswerPart[]; parentId: string | null } | null;
  answer: RunningAnswer;
}

/** In which workspace, and where its answers are cached. */
export interface Place {
  client: TrunklineClient;
  workspaceId: string;
  queries: QueryClient;
}

const NONE: readonly Pending[] = [];
const listeners = new Set<() => void>();
let running: ReadonlyMap<string, readonly Pending[]> = new Map();

function change(conversationId: string, next: readonly Pending[]): void {
  const copy = new Map(running);
  if (next.length === 0) copy.delete(conversationId);
  else copy.set(conversationId, next);
  running = copy;
  for (const listener of listeners) listener();
}

/** What is under way, for `useSyncExternalStore`. It goes on when another page is opened. */
export const talks = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  of: (conversationId: string): readonly Pending[] => running.get(conversationId) ?? NONE,
};

async function run(place: Place, pending: Pending, open: () => AsyncIterable<AnswerEvent>): Promise<ConversationTree | undefined> {
  const { client, queries, workspaceId } = place;
  const { conversationId: id, answer } = pending;
  const query = conversationQuery(client, workspaceId, id);
  const reread = async (): Promise<ConversationTree | undefined> => {
    await queries.invalidateQueries({ queryKey: query.queryKey });
    return queries.getQueryData(query.queryKey);
  };
  change(id, [...talks.of(id), pending]);
  let known: string | null = answer.read().messageId;
  const stopListening = answer.subscribe(() => {
    const { messageId } = answer.read();
    if (messageId === known) return;
    known = messageId;
    change(id, [...talks.of(id)]);
    // The server has the question and the answer now.
    void reread();
    void queries.invalidateQueries({ queryKey: ["conversations", workspaceId] });
  });
  try {
    await follow(answer, (last) => (last === undefined ? open() : client.conversations.resume(id, { lastEventId: last })));
    void queries.invalidateQueries({ queryKey: ["conversations", workspaceId] });
    return await reread();
  } finally {
    stopListening();
    // Who shows the conversation hears of the kept answer first: there is no moment with neither of the two.
    notifyManager.schedule(() => change(id, talks.of(id).filter((each) => each !== pending)));
  }
}

/**
 * Says something and follows the answer to its end. Throws what the server or the network refused it with, where nothing of it
 * was kept; an answer that failed later, or was kept as failed, stands in the conversation.
 */
export async function say(
  place: Place,
  conversationId: string,
  said: { content: unknown; parts: readonly AnswerPart[]; parentId: string | null; before: readonly string[] },
): Promise<void> {
  const answer = new RunningAnswer();
  const { content, parts, parentId } = said;
  const pending: Pending = { conversationId, questionId: null, question: { parts, parentId }, answer };
  const tree = await run(place, pending, () => place.client.conversations.send(conversationId, { content, parentId }));
  const { state, error } = answer.read();
  const kept = tree?.messages.some((message) => message.role === "user" && !said.before.includes(message.id)) ?? false;
  if (state === "failed" && !kept) throw error;
}

/** Has an answer written anew, beside `answerId`. Throws what it was refused with. */
export async function regenerate(place: Place, conversationId: string, answerId: string, questionId: string): Promise<void> {
  const answer = new RunningAnswer();
  const pending: Pending = { conversationId, questionId, question: null, answer };
  await run(place, pending, () => place.client.conversations.regenerate(conversationId, answerId));
  const { state, error, messageId } = answer.read();
  if (state === "failed" && messageId === null) throw error;
}

/** Follows an answer that somebody else asked for: another tab, or this one before it was loaded anew. */
export async function join(place: Place, conversationId: string, messageId: string, questionId: string | null): Promise<void> {
  const answer = new RunningAnswer();
  answer.take({ id: "", type: "start", requestId: "", conversationId, messageId, model: "" });
  await run(place, { conversationId, questionId, question: null, answer }, () => place.client.conversations.resume(conversationId, { messageId }));
}
