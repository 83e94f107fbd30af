import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { choicesQuery, slugOf } from "@/shared/choices/choices";
import { notifyFailed } from "@/shared/ui/notify";
import { conversationQuery, type ConversationTree, createConversation, stopAnswer } from "./api";
import { preview, write } from "./attachments";
import type { Draft } from "./drafts";
import { usePlace } from "./hooks";
import type { CompareSearch } from "./search";
import { say, talks as under } from "./talk";

/** A comparison: which models, a conversation with each, and asking all of them at once. */
export function useComparing(search: CompareSearch, onSearch: (next: CompareSearch) => void) {
  const place = usePlace();
  const { client, workspaceId, queries } = place;
  const { data: choices = [] } = useQuery(choicesQuery(client, workspaceId));
  const [error, setError] = useState<unknown>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const talks = search.talks ?? [];
  const running = useSyncExternalStore(under.subscribe, () => talks.some((id) => under.of(id).length > 0));
  const models = filled(search.with, choices.map((choice) => choice.value));

  const read = (id: string): ConversationTree | undefined => queries.getQueryData(conversationQuery(client, workspaceId, id).queryKey);
  const begin = async (model: string): Promise<string> => {
    const slug = slugOf(model);
    const made = await createConversation(client, slug === null ? { model } : { feature: slug });
    queries.setQueryData(conversationQuery(client, workspaceId, made.id).queryKey, { ...made, messages: [] });
    return made.id;
  };

  return {
    models,
    talks,
    running,
    chosen,
    setChosen,
    error,
    choose: (at: number, value: string): void => onSearch({ with: models.map((model, index) => (index === at ? value : (model ?? ""))) }),
    add: (): void => onSearch({ with: [...models.map((model) => model ?? ""), ""] }),
    remove: (at: number): void => onSearch({ with: models.filter((_, index) => index !== at).map((model) => model ?? "") }),
    startAnew: (): void => onSearch({ with: models.map((model) => model ?? "") }),
    async ask({ text, attachments }: Draft): Promise<void> {
      setError(null);
      setChosen(null);
      const named = models.filter((model) => model !== null);
      try {
        const ids = talks.length === named.length ? talks : await Promise.all(named.map(begin));
        onSearch({ with: named, talks: ids });
        const content = write(text, attachments);
        const parts = preview(text, attachments);
        for (const id of ids) {
          const tree = read(id);
          const before = tree?.messages.map((message) => message.id) ?? [];
          say(place, id, { content, parts, parentId: tree?.leafId ?? null, before }).catch(notifyFailed);
        }
      } catch (failure) {
        setError(failure);
        throw failure;
      }
    },
    stop(): void {
      for (const id of talks) stopAnswer(client, id, null).catch(notifyFailed);
    },
  };
}

/** At least two models: those of the address, and for what is open others that are there. */
function filled(given: readonly string[], known: readonly string[]): (string | null)[] {
  const taken = [...given];
  while (taken.length < 2) taken.push("");
  const left = known.filter((name) => !taken.includes(name));
  return taken.map((name) => (name === "" ? (left.shift() ?? known[0] ?? null) : name));
}
