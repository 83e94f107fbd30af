import type { TrunklineClient } from "@trunkline/client";
import type { Command } from "@/shared/commands";
import { texts } from "./texts";

const MOST = 8;

/** One's conversations in which `text` stands, for the palette. */
export async function findConversations(client: TrunklineClient, text: string, signal: AbortSignal): Promise<Command[]> {
  const { items } = await client.page("/api/conversations", { query: { limit: MOST, q: text.trim() }, signal });
  return items.map(({ id, title }): Command => ({ id: `conversation ${id}`, label: title ?? texts.untitled, group: texts.history, run: `/chat/${id}` }));
}
