import { Box, Button, Group, Paper, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { duration } from "@/shared/format/time";
import type { Experiment } from "../api";
import { texts } from "../texts";
import classes from "./experiments.module.css";
import { GuardrailForm } from "./GuardrailForm";

type Rail = Experiment["guardrails"][number];

const signed = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, signDisplay: "exceptZero" });

/** What must not get worse, how each stands, and whether people arrive as split. */
export function Guardrails({ experiment, may }: { experiment: Experiment; may: boolean }) {
  const [editing, { open, close }] = useDisclosure(false);
  const { guardrails } = texts;
  const { ok } = experiment.sampleRatio;
  return (
    <Paper withBorder p="md" className={classes.card}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{guardrails.title}</Title>
        {may && experiment.state !== "none" ? (
          <Button size="xs" variant="default" onClick={open}>
            {guardrails.edit}
          </Button>
        ) : null}
      </Group>
      {experiment.guardrails.length === 0 ? <Text c="dimmed">{guardrails.unset}</Text> : null}
      {experiment.guardrails.map((rail) => (
        <RailRow key={rail.metric} name={guardrails.names[rail.metric]} about={aboutOf(rail, experiment.slowMs)} value={valueOf(rail)} bad={rail.versions.some((each) => each.tripped)} />
      ))}
      <RailRow name={guardrails.ratio} about={guardrails.ratioAbout} value={ok ? guardrails.holds : guardrails.broken} bad={!ok} />
      {editing ? <GuardrailForm experiment={experiment} onClose={close} /> : null}
    </Paper>
  );
}

function RailRow({ name, about, value, bad }: { name: string; about: string; value: string; bad: boolean }) {
  return (
    <div className={classes.fact}>
      <Group gap="sm" wrap="nowrap">
        <Box className={classes.dot} data-tone={bad ? "bad" : "good"} />
        <div>
          <Text>{name}</Text>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </div>
      </Group>
      <Text>{value}</Text>
    </div>
  );
}

function limitOf(rail: Rail): string {
  const value = signed.format(100 * rail.maxIncrease);
  return rail.metric === "cost" ? `${value} %` : `${value} points`;
}

function aboutOf(rail: Rail, slowMs: number): string {
  return `${texts.guardrails.about[rail.metric].replace("{slow}", duration(slowMs))} ${limitOf(rail)}`;
}

function valueOf(rail: Rail): string {
  const worst = rail.versions.map((each) => each.increase).filter((each) => each !== null);
  if (worst.length === 0) return "–";
  return signed.format(100 * Math.max(...worst)).replace("-", "−") + (rail.metric === "cost" ? " %" : "");
}
