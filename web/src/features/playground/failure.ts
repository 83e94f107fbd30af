import { texts } from "./texts";

/** Why a request failed, in words for people. */
export interface Failure {
  /** Where the fault is: one or two words. */
  whose: string;
  what: string;
  /** What to do, where it is known. */
  next: string;
}

const words = texts.failure;

/** What an answer of a status says of its failure. */
export function failureOf(status: number, answer: unknown): Failure {
  const { message, code } = readReason(answer) ?? { message: words.unsaid, code: "" };
  const kind = words.ofCode[code] ?? words.ofStatus[status] ?? (status >= 500 ? words.server : words.request);
  return { ...kind, what: `${message} (${status})` };
}

/** What an event of a stream says of a failure, which came after the answer had begun; null where it is no failure. */
export function brokenOff(event: unknown): Failure | null {
  const reason = readReason(event);
  return reason === null ? null : { ...(words.ofCode[reason.code] ?? words.stream), what: reason.message };
}

/** The sentence and its code, in the shapes of all formats: `{error: {…}}`, `{error: "…"}`, `{type: "error", …}`, `{response: {error: {…}}}`. */
function readReason(told: unknown): { message: string; code: string } | null {
  if (typeof told !== "object" || told === null) return null;
  const { error, response, type, message, code } = told as Record<string, unknown>;
  if (typeof error === "string") return { message: error, code: "" };
  if (typeof error === "object" && error !== null) return readReason({ ...error, type: "error" });
  if (typeof response === "object" && response !== null) return readReason({ error: (response as { error?: unknown }).error });
  return type === "error" && typeof message === "string" ? { message, code: typeof code === "string" ? code : "" } : null;
}
