import { ActionIcon, Box, Text } from "@mantine/core";
import { ArrowDown } from "lucide-react";
import { Problem } from "@/shared/ui/Problem";
import { scrolling } from "@/shared/ui/scrolling";
import type { ConversationTree } from "../api";
import { useTalking } from "../useTalking";
import { texts } from "../texts";
import { totalOf } from "../turns";
import { useSticky } from "../useSticky";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { Announcer } from "./Announcer";
import { Answer } from "./Answer";
import { CompareLink } from "./CompareLink";
import { Composer } from "./Composer";
import { Question } from "./Question";
import classes from "./Talk.module.css";

/** A conversation: its branch that is shown, and the field to go on. */
export function Talk({ tree }: { tree: ConversationTree }) {
  const talking = useTalking(tree);
  const { scroller, content, atEnd, toEnd } = useSticky();
  const total = totalOf(tree.messages);
  return (
    <Box className={classes.frame}>
      <Announcer running={talking.running} />
      <Box ref={scroller} className={classes.scroll} {...scrolling(texts.talk)}>
        <Box ref={content} className={classes.column}>
          {talking.turns.map((turn) => {
            if (turn.role === "user") {
              return <Question key={turn.key} turn={turn} onShow={talking.show} onResend={talking.resendOf(turn)} />;
            }
            return <Answer key={turn.key} turn={turn} talkWith={talking.talkWith} onShow={talking.show} onRegenerate={talking.regenerateOf(turn)} />;
          })}
        </Box>
      </Box>
      <Box className={classes.foot}>
        {atEnd ? null : (
          <ActionIcon className={classes.toEnd ?? ""} variant="default" radius="xl" size={32} aria-label={texts.toEnd} onClick={toEnd}>
            <ArrowDown size={16} aria-hidden />
          </ActionIcon>
        )}
        {talking.refusal === null ? null : (
          <Box mb="xs">
            <Problem error={talking.refusal} />
            <Text size="sm" c="dimmed" mt={4}>
              {texts.notSent}
            </Text>
          </Box>
        )}
        <Composer
          place={tree.id}
          talkWith={talking.talkWith}
          onTalkWith={talking.changeModel}
          onStop={talking.running === null ? null : talking.stop}
          onSend={async (draft) => {
            toEnd();
            await talking.send(draft);
          }}
        >
          <CompareLink talkWith={talking.talkWith} />
        </Composer>
        {total.answers === 0 ? null : (
          <Text size="xs" c="dimmed" ta="center" mt={6} className="figure">
            {texts.total(total.answers, count(total.tokens), total.unpriced === total.answers ? texts.noPrice : usd(total.costUSD))}
            {total.unpriced > 0 && total.unpriced < total.answers ? texts.unpriced(total.unpriced) : ""}
          </Text>
        )}
      </Box>
    </Box>
  );
}
