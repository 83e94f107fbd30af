import { Button, Group, Paper, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { count } from "@/shared/format/quantity";
import { Problem } from "@/shared/ui/Problem";
import { type Experiment, useExperimentChanges } from "../api";
import { texts } from "../texts";
import classes from "./experiments.module.css";
import { RampForm } from "./RampForm";

type Step = NonNullable<Experiment["ramp"]>["steps"][number];

/** How the share of a version grows by itself, and how far it is. */
export function RampPlan({ experiment, may }: { experiment: Experiment; may: boolean }) {
  const [planning, { open, close }] = useDisclosure(false);
  const { change } = useExperimentChanges(experiment.configId);
  const { ramp } = texts;
  const plan = experiment.ramp;
  const goesOn = plan?.state === "running";
  const canPlan = may && experiment.versions.some((version) => !version.isControl);
  return (
    <Paper withBorder p="md" className={classes.card}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{ramp.title}</Title>
        {goesOn && may ? (
          <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate({ ramp: null })}>
            {ramp.stop}
          </Button>
        ) : canPlan ? (
          <Button size="xs" variant="default" onClick={open}>
            {ramp.plan}
          </Button>
        ) : null}
      </Group>
      <Text c="dimmed" size="sm" mb="xs">
        {plan === null ? ramp.none : `${experiment.versions.find((version) => version.versionId === plan.versionId)?.version ?? ""}: ${ramp.states[plan.state] ?? plan.state}`} {ramp.about}
      </Text>
      {plan?.steps.map((step, at) => (
        <div key={step.percent} className={classes.fact}>
          <Text fw={at === plan.step && goesOn ? 600 : 400}>{ramp.step(step.percent, afterOf(step))}</Text>
          <Text c="dimmed">{at === plan.step && goesOn ? ramp.now : at < plan.step || plan.state === "done" ? ramp.done : ""}</Text>
        </div>
      ))}
      {change.error ? <Problem error={change.error} /> : null}
      {planning ? <RampForm experiment={experiment} onClose={close} /> : null}
    </Paper>
  );
}

function afterOf(step: Step): string {
  if (step.minUnits !== null) return texts.ramp.untilPeople(count(step.minUnits));
  return step.hours === null ? texts.ramp.last : texts.ramp.untilHours(step.hours);
}
