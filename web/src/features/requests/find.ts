import type { TrunklineClient } from "@trunkline/client";
import type { Command } from "@/shared/commands";
import { texts } from "./texts";

/** What may be a request's id. */
const ID = /^[\w.:-]{8,128}$/;

/** The request of an id, for the palette; nothing for other words. It is looked for in the list, where none is no failure. */
export async function findRequest(client: TrunklineClient, text: string): Promise<Command[]> {
  const wanted = text.trim();
  if (!ID.test(wanted)) return [];
  const calls = await client.requests.list({ requestId: wanted, limit: 1 });
  return calls.map((call) => ({
    id: `request ${call.id}`, label: wanted, about: `${call.model} · ${texts.outcomes[call.outcome] ?? call.outcome}`, group: texts.title, run: `/requests?call=${encodeURIComponent(call.id)}`,
  }));
}
