import { Box, Button, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { Problem } from "@/shared/ui/Problem";
import { scrolling } from "@/shared/ui/scrolling";
import { useConversation, usePending, useRate } from "../hooks";
import { texts } from "../texts";
import { turnsOf } from "../turns";
import { useSticky } from "../useSticky";
import { Announcer } from "./Announcer";
import { Answer } from "./Answer";
import classes from "./CompareColumn.module.css";
import { Question } from "./Question";

const nothing = (): void => undefined;

/** What one of the models answers. `onChoose` is null while any of them writes. */
export function CompareColumn({ id, talkWith, chosen, onChoose }: { id: string; talkWith: string; chosen: boolean; onChoose: (() => void) | null }) {
  const conversation = useConversation(id);
  const pending = usePending(id);
  const { scroller, content } = useSticky();
  const turns = conversation.data === undefined ? [] : turnsOf(conversation.data, pending);
  const last = turns.at(-1);
  const answer = last?.role === "assistant" ? last : null;
  const rating = useRate(id, answer?.message?.id ?? "");
  const done = answer?.message?.state === "complete" || answer?.message?.state === "stopped";
  return (
    <>
      <Announcer running={answer?.running ?? null} />
      <Box ref={scroller} className={classes.scroll} {...scrolling(texts.talk)}>
        <Box ref={content} className={classes.turns}>
          {conversation.isError ? <Problem error={conversation.error} retry={() => void conversation.refetch()} /> : null}
          {turns.map((turn) => {
            if (turn.role === "user") return <Question key={turn.key} turn={turn} onResend={null} onShow={nothing} />;
            return <Answer key={turn.key} turn={{ ...turn, place: null }} talkWith={talkWith} onShow={nothing} onRegenerate={null} />;
          })}
        </Box>
      </Box>
      {done ? (
        <Group gap="xs" mt="xs">
          <Button
            variant={chosen ? "filled" : "default"}
            leftSection={chosen ? <Check size={14} aria-hidden /> : null}
            aria-pressed={chosen}
            disabled={onChoose === null}
            onClick={() => {
              rating.mutate(5);
              onChoose?.();
            }}
          >
            {chosen ? texts.chosen : texts.thisOne}
          </Button>
          <Button variant="subtle" renderRoot={(props) => <Link to="/chat/$conversationId" params={{ conversationId: id }} search={{}} {...props} />}>
            {texts.goOn}
          </Button>
        </Group>
      ) : null}
    </>
  );
}
