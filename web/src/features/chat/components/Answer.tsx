import { Box, Text } from "@mantine/core";
import { AnswerFooter } from "@/shared/answer/AnswerFooter";
import { AnswerParts } from "@/shared/answer/AnswerParts";
import { useRunning } from "@/shared/answer/useRunning";
import type { AnswerPart, Figures, RunningAnswer } from "@/shared/answer/running";
import type { Message } from "../api";
import type { Place } from "../branches";
import { texts } from "../texts";
import { partsOf } from "../turns";
import classes from "./Answer.module.css";
import { AnswerActions } from "./AnswerActions";
import { AnswerHead } from "./AnswerHead";
import { AnswerProblem } from "./AnswerProblem";

interface Shown {
  talkWith: string;
  place: Place | null;
  onShow: (id: string) => void;
  /** Null while one is being written. */
  onRegenerate: (() => void) | null;
}

/** An answer that is being written. */
export function LiveAnswer({ running, ...shown }: Shown & { running: RunningAnswer }) {
  const view = useRunning(running);
  const live = view.state === "waiting" || view.state === "writing";
  return (
    <Frame
      {...shown}
      message={null}
      model={view.model}
      parts={view.parts}
      live={live}
      note={view.lost ? texts.lost : view.parts.length === 0 && live ? texts.waiting : null}
      failure={view.error}
      figures={view.figures}
      stopped={view.state === "stopped"}
    />
  );
}

/** An answer as the server keeps it. */
export function KeptAnswer({ message, ...shown }: Shown & { message: Message }) {
  const notes = [
    message.finishReason === "length" ? texts.cutOff : "",
    message.omitted > 0 ? texts.omitted(message.omitted) : "",
  ];
  return (
    <Frame
      {...shown}
      message={message}
      model={message.model}
      parts={partsOf(message)}
      live={message.state === "streaming"}
      note={notes.filter(Boolean).join(" ") || null}
      failure={message.error}
      figures={figuresOf(message)}
      stopped={message.state === "stopped"}
    />
  );
}

function figuresOf(message: Message): Figures | null {
  if (message.state === "streaming" || message.usage === null) return null;
  const { costUSD, firstTokenMs, durationMs } = message;
  return { outputTokens: Number(message.usage["outputTokens"] ?? 0), costUSD, firstTokenMs, durationMs };
}

function Frame({
  talkWith,
  place,
  onShow,
  onRegenerate,
  message,
  model,
  parts,
  live,
  note,
  failure,
  figures,
  stopped,
}: Shown & {
  message: Message | null;
  model: string | null;
  parts: readonly AnswerPart[];
  live: boolean;
  note: string | null;
  failure: unknown;
  figures: Figures | null;
  stopped: boolean;
}) {
  const failed = failure !== null && failure !== undefined;
  return (
    <Box component="article" aria-label={texts.answer} aria-busy={live}>
      <AnswerHead talkWith={talkWith} model={model} live={live} place={place} onShow={onShow} />
      <AnswerParts parts={parts} live={live} />
      {note === null ? null : (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
      {failed ? <AnswerProblem failure={failure} requestId={message?.requestId ?? null} onRetry={onRegenerate} /> : null}
      {live ? null : (
        <Box className={classes.foot}>
          {figures !== null && !(failed && parts.length === 0) ? <AnswerFooter figures={figures} stopped={stopped} /> : <span />}
          {message !== null && parts.length > 0 ? <AnswerActions message={message} onRegenerate={onRegenerate} /> : null}
        </Box>
      )}
    </Box>
  );
}
