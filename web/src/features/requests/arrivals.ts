import type { RequestSummary } from "@trunkline/client";

/** Of those that came, the newest so many are kept: whoever wants more loads the list anew. */
const KEPT = 1_000;

/** Puts `call` before those that came, once. */
export function take(before: RequestSummary[], call: RequestSummary): RequestSummary[] {
  return [call, ...before.filter((each) => each.id !== call.id)].slice(0, KEPT);
}

/** All that is known, each once: those that came before those that were listed. */
export function merge(live: RequestSummary[], listed: RequestSummary[]): RequestSummary[] {
  const known = new Set(listed.map((each) => each.id));
  return [...live.filter((each) => !known.has(each.id)), ...listed];
}
