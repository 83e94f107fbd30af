import { Box, Text } from "@mantine/core";
import { AnswerFooter } from "@/shared/answer/AnswerFooter";
import { AnswerParts } from "@/shared/answer/AnswerParts";
import { useRunning } from "@/shared/answer/useRunning";
import type { AnswerPart, Figures, RunningView } from "@/shared/answer/running";
import type { Message } from "../api";
import { texts } from "../texts";
import { partsOf, type Turn } from "../turns";
import classes from "./Answer.module.css";
import { AnswerActions } from "./AnswerActions";
import { AnswerHead } from "./AnswerHead";
import { AnswerProblem } from "./AnswerProblem";

type AnswerTurn = Extract<Turn, { role: "assistant" }>;

interface Shown {
  parts: readonly AnswerPart[];
  live: boolean;
  note: string | null;
  failure: unknown;
  figures: Figures | null;
  stopped: boolean;
}

/**
 * An answer that is being written, or as the server keeps it. It is the same component before and after its end, so that what
 * stands is not drawn anew.
 */
export function Answer({
  turn: { message, running, place },
  talkWith,
  onShow,
  onRegenerate,
}: {
  turn: AnswerTurn;
  talkWith: string;
  onShow: (id: string) => void;
  /** Null while one is being written. */
  onRegenerate: (() => void) | null;
}) {
  const view = useRunning(running);
  const shown = view === null ? (message === null ? null : kept(message)) : written(view);
  if (shown === null) return null;
  const { parts, live, note, failure, figures, stopped } = shown;
  const failed = failure !== null && failure !== undefined;
  const done = view === null ? message : null;
  return (
    <Box component="article" aria-label={texts.answer} aria-busy={live}>
      <AnswerHead talkWith={talkWith} model={view?.model ?? message?.model ?? null} live={live} place={place} onShow={onShow} />
      <AnswerParts parts={parts} live={live} />
      {note === null ? null : (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
      {failed ? <AnswerProblem failure={failure} requestId={done?.requestId ?? null} onRetry={onRegenerate} /> : null}
      {live ? null : (
        <Box className={classes.foot}>
          {figures !== null && !(failed && parts.length === 0) ? <AnswerFooter figures={figures} stopped={stopped} /> : <span />}
          {done !== null && parts.length > 0 ? <AnswerActions message={done} onRegenerate={onRegenerate} /> : null}
        </Box>
      )}
    </Box>
  );
}

function written({ state, parts, lost, error, figures }: RunningView): Shown {
  const live = state === "waiting" || state === "writing";
  const note = lost ? texts.lost : parts.length === 0 && live ? texts.waiting : null;
  return { parts, live, note, failure: error, figures, stopped: state === "stopped" };
}

function kept(message: Message): Shown {
  const notes = [message.finishReason === "length" ? texts.cutOff : "", message.omitted > 0 ? texts.omitted(message.omitted) : ""];
  return {
    parts: partsOf(message),
    live: message.state === "streaming",
    note: notes.filter(Boolean).join(" ") || null,
    failure: message.error,
    figures: figuresOf(message),
    stopped: message.state === "stopped",
  };
}

function figuresOf(message: Message): Figures | null {
  if (message.state === "streaming" || message.usage === null) return null;
  const { costUSD, firstTokenMs, durationMs } = message;
  return { outputTokens: Number(message.usage["outputTokens"] ?? 0), costUSD, firstTokenMs, durationMs };
}
