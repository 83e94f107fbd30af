import { type TrunklineClient, TrunklineError } from "@trunkline/client";
import type { Command } from "@/shared/commands";
import { texts } from "./texts";

/** What may be a request's id, or that of its usage event. */
const ID = /^[\w.:-]{8,128}$/;

/** The request of an id, for the palette; nothing for other words. */
export async function findRequest(client: TrunklineClient, text: string): Promise<Command[]> {
  const wanted = text.trim();
  if (!ID.test(wanted)) return [];
  try {
    const call = await client.requests.get(wanted);
    return [{ id: `request ${call.id}`, label: wanted, about: `${call.model} · ${texts.outcomes[call.outcome] ?? call.outcome}`, group: texts.title, run: `/requests?call=${encodeURIComponent(call.id)}` }];
  } catch (error) {
    if (error instanceof TrunklineError && error.status < 500) return [];
    throw error;
  }
}
