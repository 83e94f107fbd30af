import { Group, UnstyledButton } from "@mantine/core";
import { CopyButton } from "@/shared/ui/CopyButton";
import type { Message } from "../api";
import { useRate } from "../hooks";
import { texts } from "../texts";
import classes from "./Answer.module.css";

const GOOD = 5;
const BAD = 1;

/** What can be done with an answer: copy it, rate it, have it written anew. */
export function AnswerActions({ message, onRegenerate }: { message: Message; onRegenerate: (() => void) | null }) {
  const rating = useRate(message.conversationId, message.id);
  const rate = (label: string, value: number) => (
    <UnstyledButton className={classes.action} aria-pressed={message.rating === value} onClick={() => rating.mutate(value)}>
      {label}
    </UnstyledButton>
  );
  return (
    <Group gap={4}>
      <CopyButton value={message.content} what={texts.copy} />
      {rate(texts.good, GOOD)}
      {rate(texts.bad, BAD)}
      {onRegenerate === null ? null : (
        <UnstyledButton className={classes.action} onClick={onRegenerate}>
          {texts.regenerate}
        </UnstyledButton>
      )}
    </Group>
  );
}
