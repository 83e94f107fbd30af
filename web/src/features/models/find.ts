import type { TrunklineClient } from "@trunkline/client";
import type { Command } from "@/shared/commands";
import { texts } from "./texts";

const PAGE = 100;
const MOST_PAGES = 10;
const MOST = 8;

/** Configurations by their name or model, for the palette. */
export async function findConfigurations(client: TrunklineClient, text: string, signal: AbortSignal): Promise<Command[]> {
  const wanted = text.trim().toLowerCase();
  const found: Command[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && found.length < MOST; page += 1) {
    const { items, next } = await client.page("/api/configurations", { query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }, signal });
    for (const { id, name, model } of items) {
      if (`${name} ${model}`.toLowerCase().includes(wanted)) {
        found.push({ id: `configuration ${id}`, label: name, about: model ?? "", group: texts.list.title, run: `/configurations/${id}` });
      }
    }
    if (next === null || next === undefined) break;
    cursor = next;
  }
  return found.slice(0, MOST);
}
