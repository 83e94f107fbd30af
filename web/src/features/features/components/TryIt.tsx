import { Box, Button, Group, Paper, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { AnswerFooter } from "@/shared/answer/AnswerFooter";
import { AnswerParts } from "@/shared/answer/AnswerParts";
import type { RunningAnswer } from "@/shared/answer/running";
import { useRunning } from "@/shared/answer/useRunning";
import { keyNames } from "@/shared/keys";
import { Problem } from "@/shared/ui/Problem";
import type { FeatureChange } from "../api";
import { texts } from "../texts";
import { useTrial } from "../useTrial";

/** Runs the feature with what stands in the form, saved or not. */
export function TryIt({ slug, settings }: { slug: string; settings: () => Promise<FeatureChange> }) {
  const [input, setInput] = useState("");
  const trial = useTrial(slug);
  const run = () => {
    if (input.trim() !== "" && !trial.running) void trial.run(input, settings);
  };
  return (
    <>
      <Title order={3} fz="md">
        {texts.try}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {texts.tryAbout}
      </Text>
      <Textarea
        aria-label={texts.tryInput}
        rows={4}
        value={input}
        onChange={(event) => setInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          run();
        }}
      />
      <Group gap="xs" mt="xs">
        {trial.running ? (
          <Button variant="default" onClick={trial.stop}>
            {texts.stop}
          </Button>
        ) : (
          <Button onClick={run} disabled={input.trim() === ""}>
            {texts.run}
          </Button>
        )}
        <Text size="sm" c="dimmed">
          {keyNames("mod+Enter").join(" ")}
        </Text>
      </Group>
      <Box mt="sm" component="section" aria-label={texts.output} aria-live="off">
        {trial.answer === null ? null : <Output answer={trial.answer} />}
      </Box>
    </>
  );
}

function Output({ answer }: { answer: RunningAnswer }) {
  const view = useRunning(answer);
  const live = view.state === "waiting" || view.state === "writing";
  return (
    <>
      {view.parts.length > 0 || live ? (
        <Paper withBorder p="md" aria-busy={live}>
          <AnswerParts parts={view.parts} live={live} />
          {view.figures === null ? null : <AnswerFooter figures={view.figures} stopped={view.state === "stopped"} />}
        </Paper>
      ) : null}
      {view.state === "failed" ? <Problem error={view.error} /> : null}
    </>
  );
}
