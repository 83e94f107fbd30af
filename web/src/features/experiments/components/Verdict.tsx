import { Group, Paper, Text } from "@mantine/core";
import { count } from "@/shared/format/quantity";
import { moment } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import type { Experiment } from "../api";
import { texts } from "../texts";
import classes from "./experiments.module.css";

/** What to do, in one sentence, and what it rests on. */
export function Verdict({ experiment }: { experiment: Experiment }) {
  const [word, tone] = texts.advice[experiment.recommendation.action];
  const saw = experiment.versions.map((version) => texts.saw(count(version.units), version.version));
  return (
    <Paper withBorder p="md" mb="md" className={`${classes.card} ${classes.verdict}`} data-tone={tone}>
      <Group gap="xs" mb={4}>
        <Badge tone={tone}>{word}</Badge>
        <Text fw={600}>{experiment.verdict}</Text>
      </Group>
      {experiment.phase === null || experiment.state !== "running" ? null : <Text c="dimmed">{texts.seen(saw, moment(experiment.phase.startedAt))}</Text>}
    </Paper>
  );
}
