import { TrunklineError, type AnswerEvent } from "@trunkline/client";

/** A piece of a message. */
export type AnswerPart =
  | { type: "text" | "reasoning"; text: string }
  | { type: "image"; url: string }
  | { type: "file"; url: string; name: string };

/** What an answer used, as far as it is known. */
export interface Figures {
  outputTokens: number | null;
  costUSD: number | null;
  firstTokenMs: number | null;
  durationMs: number | null;
  /** Whether the cost is not told with the answer, so that nothing is said of it. */
  costUntold?: boolean;
}

/** An answer as it is now. A new object whenever something changed. */
export interface RunningView {
  state: "waiting" | "writing" | "complete" | "stopped" | "failed";
  parts: readonly AnswerPart[];
  messageId: string | null;
  requestId: string | null;
  model: string | null;
  figures: Figures | null;
  error: unknown;
  /** Whether the connection is lost, and made again. */
  lost: boolean;
}

/** How frames are waited for, and what time it is: tests have their own. */
export interface Clock {
  frame: (run: () => void) => void;
  now: () => number;
}

/** Between two changes of what is seen: a page that is busy otherwise needs the time between to draw the last one. */
const STEP_MS = 40;
const SLOW_FROM = 50_000;
const SLOW_MS = 100;
const HIDDEN_MS = 200;
/** Of what waits, this share is shown with a step: what comes in a burst is written out, and never far behind. */
const SHARE = 1 / 4;
/** More than that at once is a text that was there before. */
const BURST = 4_000;

const browser: Clock = {
  // A page in the background has no frames.
  frame: (run) => void (document.hidden ? setTimeout(run, HIDDEN_MS) : requestAnimationFrame(run)),
  now: () => performance.now(),
};

/**
 * One answer while it is read. Events come as fast as they like; what is seen changes 25 times a second, and less often when it
 * is long. For `useSyncExternalStore`.
 */
export class RunningAnswer {
  /** Where to go on after a lost connection. */
  lastEventId: string | undefined;
  #view: RunningView = {
    state: "waiting", parts: [], messageId: null, requestId: null, model: null, figures: null, error: null, lost: false,
  };
  #waiting: { type: "text" | "reasoning"; text: string }[] = [];
  #planned = false;
  #shownAt = Number.NEGATIVE_INFINITY;
  #length = 0;
  readonly #begunAt: number;
  #firstAt: number | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #clock: Clock;

  constructor(clock: Clock = browser) {
    this.#clock = clock;
    this.#begunAt = clock.now();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  read = (): RunningView => this.#view;

  get ended(): boolean {
    return !["waiting", "writing"].includes(this.#view.state);
  }

  /** Takes an event of the stream. */
  take(event: AnswerEvent): void {
    if (event.id !== "") this.lastEventId = event.id;
    switch (event.type) {
      case "start":
        this.#change({ messageId: event.messageId ?? null, requestId: event.requestId, model: event.model, lost: false });
        break;
      case "delta":
      case "reasoning":
        this.#firstAt ??= this.#clock.now();
        this.#add(event.type === "delta" ? "text" : "reasoning", event.text);
        break;
      case "image":
        this.#firstAt ??= this.#clock.now();
        this.#showAll();
        this.#change({ state: "writing", parts: [...this.#view.parts, { type: "image", url: event.url }], lost: false });
        break;
      case "done":
        this.#showAll();
        this.#change({
          state: event.finishReason === "stopped" ? "stopped" : "complete",
          lost: false,
          figures: {
            outputTokens: event.usage?.["outputTokens"] ?? null,
            costUSD: event.costUSD,
            firstTokenMs: event.firstTokenMs ?? (this.#firstAt === null ? null : this.#firstAt - this.#begunAt),
            durationMs: event.durationMs ?? this.#clock.now() - this.#begunAt,
          },
        });
        break;
      case "error":
        this.fail(new AnswerError(event.message, event.code, event.retryable));
        break;
      default:
    }
  }

  /** Ends it with what went wrong. What has come stays. */
  fail(error: unknown): void {
    this.#showAll();
    this.#change({ state: "failed", error, lost: false });
  }

  /** Ends it as stopped, where the server does not tell so itself. */
  stopped(): void {
    if (this.ended) return;
    this.#showAll();
    const firstTokenMs = this.#firstAt === null ? null : this.#firstAt - this.#begunAt;
    const durationMs = this.#clock.now() - this.#begunAt;
    this.#change({ state: "stopped", figures: { outputTokens: null, costUSD: null, firstTokenMs, durationMs } });
  }

  /** Says that the connection is lost. */
  lose(): void {
    this.#change({ lost: true });
  }

  #add(type: "text" | "reasoning", text: string): void {
    const last = this.#waiting.at(-1);
    if (last?.type === type) last.text += text;
    else this.#waiting.push({ type, text });
    this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#clock.frame(() => {
      this.#planned = false;
      this.#show();
    });
  }

  #show(): void {
    const waits = this.#waiting.reduce((sum, piece) => sum + piece.text.length, 0);
    if (waits === 0) return;
    const now = this.#clock.now();
    if (now - this.#shownAt < (this.#length > SLOW_FROM ? SLOW_MS : STEP_MS)) {
      this.#plan();
      return;
    }
    this.#shownAt = now;
    const slow = waits > BURST || this.#length > SLOW_FROM || (typeof document !== "undefined" && document.hidden);
    this.#reveal(slow ? waits : Math.max(2, Math.ceil(waits * SHARE)));
    if (this.#waiting.length > 0) this.#plan();
  }

  #showAll(): void {
    this.#reveal(Number.POSITIVE_INFINITY);
  }

  #reveal(characters: number): void {
    let room = characters;
    let shown = false;
    const parts = [...this.#view.parts];
    while (room > 0) {
      const [piece] = this.#waiting;
      if (piece === undefined) break;
      const text = piece.text.slice(0, whole(piece.text, room));
      piece.text = piece.text.slice(text.length);
      if (piece.text === "") this.#waiting.shift();
      room -= text.length;
      shown = true;
      this.#length += text.length;
      const last = parts.at(-1);
      if (last?.type === piece.type) parts[parts.length - 1] = { type: piece.type, text: last.text + text };
      else parts.push({ type: piece.type, text });
    }
    if (shown) this.#change({ parts, state: "writing", lost: false });
  }

  #change(change: Partial<RunningView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** Not between the two halves of a character. */
function whole(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const code = text.charCodeAt(end - 1);
  return code >= 0xd8_00 && code <= 0xdb_ff ? end + 1 : end;
}

/** What the provider or the server said of an answer that failed. */
class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, code: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

const TRIES = 8;
const LONGEST_WAIT_MS = 15_000;

/**
 * Reads an answer to its end, and finds it again when the connection is lost: `open` gives its events behind the one that was
 * last seen. Resolves when it has ended, failed for good, or there is nothing more to be told.
 */
export async function follow(
  answer: RunningAnswer,
  open: (lastEventId: string | undefined) => AsyncIterable<AnswerEvent>,
  { signal, wait = pause }: { signal?: AbortSignal; wait?: (milliseconds: number) => Promise<void> } = {},
): Promise<void> {
  const left = (): boolean => signal?.aborted === true;
  for (let failures = 0; !left(); ) {
    try {
      for await (const event of open(answer.lastEventId)) {
        failures = 0;
        answer.take(event);
        if (answer.ended) return;
      }
      // The server has nothing more to tell of it.
      return;
    } catch (error) {
      if (left()) return;
      failures += 1;
      // Nobody has begun yet: whoever asked tries again, or not.
      const begun = answer.lastEventId !== undefined;
      if (!begun || failures > TRIES || (error instanceof TrunklineError && error.status < 500)) {
        answer.fail(error);
        return;
      }
      answer.lose();
      await wait(Math.min(LONGEST_WAIT_MS, 500 * 2 ** (failures - 1)));
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((go) => {
    const on = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", on);
      go();
    };
    const timer = setTimeout(on, milliseconds);
    window.addEventListener("online", on);
  });
}
