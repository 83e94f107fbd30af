import type { Call } from "./api";

/** A stretch of a call's life: `from` and `to` in milliseconds after it began. */
export interface Stretch {
  kind: "failed" | "waited" | "thinking" | "writing";
  from: number;
  to: number;
}

/** What a call spent its time with: tries that failed, waits before the next, silence until the first token, and writing. */
export function stretchesOf(call: Pick<Call, "attemptList" | "durationMs" | "firstTokenMs" | "outcome">): Stretch[] {
  const found: Stretch[] = [];
  let at = 0;
  for (const attempt of call.attemptList) {
    const end = attempt.beganMs + attempt.durationMs;
    found.push({ kind: "failed", from: attempt.beganMs, to: end });
    if (attempt.waitedMs > 0) found.push({ kind: "waited", from: end, to: end + attempt.waitedMs });
    at = end + attempt.waitedMs;
  }
  if (call.outcome === "error" && call.attemptList.length > 0) return found;
  const first = Math.max(call.firstTokenMs ?? call.durationMs, at);
  found.push({ kind: "thinking", from: at, to: first });
  if (call.durationMs > first) found.push({ kind: "writing", from: first, to: call.durationMs });
  return found;
}
