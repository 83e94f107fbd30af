import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { slugOf } from "@/shared/choices/choices";
import type { RunningAnswer } from "@/shared/answer/running";
import { notifyFailed } from "@/shared/ui/notify";
import { conversationQuery, type ConversationTree, createConversation, stopAnswer } from "./api";
import { type Attachment, preview, write } from "./attachments";
import type { Draft } from "./drafts";
import { useChangeConversation, usePending, usePlace } from "./hooks";
import { regenerate, say } from "./talk";
import { type Turn, turnsOf } from "./turns";

/** Everything that one does in a conversation. */
export function useTalking(tree: ConversationTree) {
  const place = usePlace();
  const pending = usePending(tree.id);
  const change = useChangeConversation(tree.id);
  const [refusal, setRefusal] = useState<unknown>(null);
  const turns = turnsOf(tree, pending);
  const last = turns.at(-1);
  const running: RunningAnswer | null = last?.role === "assistant" ? last.running : null;

  const sendTo = async (parentId: string | null, { text, attachments }: Draft): Promise<void> => {
    setRefusal(null);
    const said = { content: write(text, attachments), parts: preview(text, attachments), parentId, before: tree.messages.map((message) => message.id) };
    try {
      await say(place, tree.id, said);
    } catch (error) {
      setRefusal(error);
      throw error;
    }
  };

  return {
    turns,
    running,
    refusal,
    talkWith: tree.feature === null ? (tree.model ?? "") : `feature/${tree.feature}`,
    send: (draft: Draft) => sendTo(tree.leafId, draft),
    resendOf(turn: Extract<Turn, { role: "user" }>) {
      const { message } = turn;
      if (running !== null || message === null) return null;
      return (text: string, attachments: readonly Attachment[]): void => {
        // What was refused stands in the field of the conversation no more; it is said above it.
        sendTo(message.parentId, { text, attachments }).catch(() => undefined);
      };
    },
    regenerateOf(turn: Extract<Turn, { role: "assistant" }>) {
      const { message } = turn;
      if (running !== null || message === null || message.parentId === null) return null;
      const questionId = message.parentId;
      return (): void => {
        setRefusal(null);
        regenerate(place, tree.id, message.id, questionId).catch(setRefusal);
      };
    },
    show: (leafId: string): void => change.mutate({ leafId }, { onError: notifyFailed }),
    changeModel(value: string): void {
      const slug = slugOf(value);
      change.mutate(slug === null ? { model: value } : { feature: slug }, { onError: notifyFailed });
    },
    stop(): void {
      stopAnswer(place.client, tree.id, running?.read().messageId ?? null).catch(notifyFailed);
    },
  };
}

/** Begins a conversation with its first message. */
export function useBegin() {
  const place = usePlace();
  const navigate = useNavigate();
  return useMutation({
    // Without a network it fails at once, so that what was typed comes back to its field.
    networkMode: "always",
    mutationFn: async ({ talkWith, draft }: { talkWith: string; draft: Draft }) => {
      const slug = slugOf(talkWith);
      const made = await createConversation(place.client, slug === null ? { model: talkWith } : { feature: slug });
      const { queryKey } = conversationQuery(place.client, place.workspaceId, made.id);
      place.queries.setQueryData(queryKey, { ...made, messages: [] });
      const content = write(draft.text, draft.attachments);
      const said = say(place, made.id, { content, parts: preview(draft.text, draft.attachments), parentId: null, before: [] });
      await navigate({ to: "/chat/$conversationId", params: { conversationId: made.id }, search: {} });
      said.catch(notifyFailed);
    },
  });
}
