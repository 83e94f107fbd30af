import { expect, test } from "vitest";
import { RunningAnswer } from "@/shared/answer/running";
import type { ConversationTree, Message } from "./api";
import type { Pending } from "./talk";
import { totalOf, turnsOf } from "./turns";

function message(id: string, parentId: string | null, change: Partial<Message> = {}): Message {
  const role = id.startsWith("q") ? "user" : "assistant";
  return { id, parentId, role, state: "complete", parts: [], usage: null, costUSD: null, ...change } as Message;
}

const tree = (leafId: string | null, ...messages: Message[]) => ({ leafId, messages }) as ConversationTree;
const answer = (messageId: string | null): RunningAnswer => {
  const made = new RunningAnswer({ frame: () => undefined, now: () => 0 });
  if (messageId !== null) made.take({ id: "", type: "start", requestId: "", conversationId: "", messageId, model: "" });
  return made;
};
const keys = (...given: Parameters<typeof turnsOf>) => turnsOf(...given).map((turn) => turn.key);

test("what was just sent stands behind the branch until the server tells of it", () => {
  const pending: Pending = { conversationId: "c", questionId: null, question: { parts: [], parentId: "a" }, answer: answer(null) };
  expect(keys(tree("a", message("q", null), message("a", "q")), [pending])).toEqual(["q", "a", "said", "answer"]);
});

test("an edited question stands where the old one stood", () => {
  const pending: Pending = { conversationId: "c", questionId: null, question: { parts: [], parentId: null }, answer: answer("new") };
  expect(keys(tree("a", message("q", null), message("a", "q")), [pending])).toEqual(["said", "new"]);
});

test("an answer is the same one before and after the server tells of it", () => {
  const pending: Pending = { conversationId: "c", questionId: null, question: { parts: [], parentId: null }, answer: answer("a") };
  const [, before] = turnsOf(tree(null), [pending]);
  const [, after] = turnsOf(tree("a", message("q", null), message("a", "q", { state: "streaming" })), [pending]);
  expect([before?.key, after?.key]).toEqual(["a", "a"]);
});

test("an answer that is written anew stands in the place of the old one", () => {
  const pending: Pending = { conversationId: "c", questionId: "q", question: null, answer: answer(null) };
  expect(keys(tree("a", message("q", null), message("a", "q")), [pending])).toEqual(["q", "answer"]);
});

test("an answer that the server tells of is found among those that run", () => {
  const running = answer("b");
  const pending: Pending = { conversationId: "c", questionId: "q", question: null, answer: running };
  const turns = turnsOf(tree("b", message("q", null), message("a", "q"), message("b", "q", { state: "streaming" })), [pending]);
  expect(turns.map((turn) => turn.key)).toEqual(["q", "b"]);
  expect(turns[1]).toMatchObject({ running, place: { number: 2, count: 2 } });
});

test("the sum counts all branches", () => {
  const told = { usage: { totalTokens: 300 }, costUSD: 0.001 };
  const messages = [message("q", null), message("a", "q", told), message("b", "q", told), message("c", "q", { costUSD: null, usage: { totalTokens: 12 } })];
  expect(totalOf(messages)).toEqual({ answers: 3, tokens: 612, costUSD: 0.002, unpriced: 1 });
});
