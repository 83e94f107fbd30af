import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { type Choice, choicesQuery, findChoice } from "@/shared/choices/choices";
import { ModelInfo } from "@/shared/choices/ModelInfo";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { useWorkspace } from "@/shared/workspace";
import type { Place } from "../branches";
import { texts } from "../texts";
import classes from "./Answer.module.css";
import { BranchSwitch } from "./BranchSwitch";

/** Who answers: the mark, the name, the model with what is known of it, and which of several answers this is. */
export const AnswerHead = memo(function AnswerHead({
  talkWith,
  model,
  live,
  place,
  onShow,
}: {
  talkWith: string;
  model: string | null;
  live: boolean;
  place: Place | null;
  onShow: (id: string) => void;
}) {
  const { client, id } = useWorkspace();
  const { data: choices = [] } = useQuery(choicesQuery(client, id));
  const choice = answering(choices, talkWith, model || null);
  return (
    <Group gap="xs" className={classes.head ?? ""}>
      <ProviderMark provider={choice.provider} size={26} />
      <Text fw={600}>{choice.name}</Text>
      <ModelInfo choice={choice.value} model={model || null} />
      {live ? <span className={classes.writing}>{texts.writing}</span> : null}
      {place === null ? null : <BranchSwitch place={place} words={texts.answerPlace(place.number, place.count)} onShow={onShow} />}
    </Group>
  );
});

/** The conversation may have gone on with another model since: then what has this one is named. */
function answering(choices: readonly Choice[], talkWith: string, model: string | null): Choice {
  const now = findChoice(choices, talkWith);
  if (model === null || now.model === null || now.model === model) return now;
  return choices.find((choice) => choice.kind === "configuration" && choice.model === model) ?? { ...now, name: model };
}
