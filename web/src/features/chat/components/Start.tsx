import { Box, Code, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { choicesQuery } from "@/shared/choices/choices";
import { usePreference } from "@/shared/preference";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { draftOf, keepDraft } from "../drafts";
import { texts } from "../texts";
import { useBegin } from "../useTalking";
import { CompareLink } from "./CompareLink";
import { Composer } from "./Composer";
import classes from "./Start.module.css";

const PLACE = "new";

/** A conversation that has not begun: what to talk with, and the first message. */
export function Start({ model, prompt }: { model: string | undefined; prompt: string | undefined }) {
  const { client, id } = useWorkspace();
  const choices = useQuery(choicesQuery(client, id));
  const [last, setLast] = usePreference("model", "");
  const [chosen, setChosen] = useState(model);
  const begin = useBegin();
  useState(() => {
    if (prompt !== undefined && draftOf(PLACE).text === "") keepDraft(PLACE, { text: prompt, attachments: [] });
  });
  if (choices.isError && choices.data === undefined) return <Problem error={choices.error} retry={() => void choices.refetch()} />;
  if (choices.data === undefined) return null;
  const known = choices.data.find((choice) => choice.value === last) ?? choices.data.find((choice) => choice.kind === "configuration") ?? choices.data[0];
  const talkWith = chosen ?? known?.value;
  if (talkWith === undefined) return <Nothing />;
  return (
    <Stack className={classes.frame} gap="lg" justify="center">
      <Box ta="center">
        <Title order={2}>{texts.welcome}</Title>
        <Text c="dimmed">{texts.welcomeAbout}</Text>
      </Box>
      {begin.error === null ? null : <Problem error={begin.error} />}
      <Composer
        place={PLACE}
        talkWith={talkWith}
        onTalkWith={(value) => {
          setChosen(value);
          setLast(value);
        }}
        onStop={null}
        onSend={(draft) => begin.mutateAsync({ talkWith, draft }).then(() => undefined)}
      >
        <CompareLink talkWith={talkWith} />
      </Composer>
    </Stack>
  );
}

function Nothing() {
  return (
    <Paper withBorder p="lg" m="lg">
      <Stack gap="xs">
        <Title order={2}>{texts.nothingToAsk}</Title>
        <Text>{texts.nothingToAskAbout}</Text>
        <Code block>trunkline configurations add demo --provider demo --model demo-chat</Code>
      </Stack>
    </Paper>
  );
}
