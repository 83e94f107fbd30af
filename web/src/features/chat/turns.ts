import type { AnswerPart, RunningAnswer } from "@/shared/answer/running";
import type { ConversationTree, Message } from "./api";
import { branchOf, type Place, placeOf } from "./branches";
import type { Pending } from "./talk";

/** One message of the branch that is shown, as it is or as it is being written. */
export type Turn =
  | { key: string; role: "user"; message: Message | null; parts: readonly AnswerPart[]; place: Place | null }
  | { key: string; role: "assistant"; message: Message | null; running: RunningAnswer | null; place: Place | null };

/** What is shown of a conversation: the branch, and behind it what was sent and the server does not tell of yet. */
export function turnsOf(tree: ConversationTree, pending: readonly Pending[]): Turn[] {
  const ids = new Set(tree.messages.map((message) => message.id));
  const fresh = pending.find(({ answer }) => {
    const { messageId } = answer.read();
    return messageId === null || !ids.has(messageId);
  });
  const leaf = fresh === undefined ? tree.leafId : fresh.question === null ? fresh.questionId : fresh.question.parentId;
  const turns = branchOf(tree.messages, leaf).map((message): Turn => {
    const place = placeOf(tree.messages, message);
    if (message.role === "user") return { key: message.id, role: "user", message, parts: partsOf(message), place };
    const running = pending.find(({ answer }) => answer.read().messageId === message.id)?.answer ?? null;
    return { key: message.id, role: "assistant", message, running: message.state === "streaming" ? running : null, place };
  });
  if (fresh === undefined) return turns;
  if (fresh.question !== null) turns.push({ key: "said", role: "user", message: null, parts: fresh.question.parts, place: null });
  // Its own id as soon as it has one: who has unfolded something in it keeps that when the server tells of it.
  turns.push({ key: fresh.answer.read().messageId ?? "answer", role: "assistant", message: null, running: fresh.answer, place: null });
  return turns;
}

/** The parts of a message that the server keeps. */
export function partsOf(message: Message): readonly AnswerPart[] {
  return message.parts as unknown as AnswerPart[];
}

/** What all answers of a conversation took together. */
export interface Total {
  answers: number;
  tokens: number;
  costUSD: number;
  unpriced: number;
}

export function totalOf(messages: readonly Message[]): Total {
  const answers = messages.filter((message) => message.role === "assistant" && message.state !== "streaming");
  const sum = (each: (message: Message) => number): number => answers.reduce((total, message) => total + each(message), 0);
  return {
    answers: answers.length,
    tokens: sum((message) => Number(message.usage?.["totalTokens"] ?? 0)),
    costUSD: sum((message) => message.costUSD ?? 0),
    unpriced: answers.filter((message) => message.costUSD === null).length,
  };
}
