import { Group, Paper, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IntervalBand } from "@/shared/charts/IntervalBand";
import { timeZone } from "@/shared/format/zone";
import { useUrlChoice } from "@/shared/search";
import { Choices } from "@/shared/ui/Choices";
import { useWorkspace } from "@/shared/workspace";
import { type Experiment, historyQuery, type Point } from "../api";
import { COMPARED, differenceOf, type Metric } from "../metrics";
import { texts } from "../texts";
import classes from "./experiments.module.css";

const DAY_MS = 86_400_000;

/** How a version differs from the control, over time, with the phases marked. */
export function Difference({ experiment }: { experiment: Experiment }) {
  const { client, id } = useWorkspace();
  const history = useQuery(historyQuery(client, id, experiment.configId));
  const control = experiment.versions.find((version) => version.isControl);
  const challengers = experiment.versions.filter((version) => !version.isControl && version.share > 0);
  const names = challengers.map((version) => version.version);
  const [metric, setMetric] = useUrlChoice("metric", COMPARED, "errorRate");
  const [name, setName] = useUrlChoice("version", names, names[0] ?? "");
  const version = challengers.find((each) => each.version === name);
  if (control === undefined || version === undefined) {
    return (
      <Paper withBorder p="md" className={classes.card}>
        <Text c="dimmed">{texts.alone}</Text>
      </Paper>
    );
  }
  const points = pointsOf(history.data ?? [], version.versionId, metric);
  const title = texts.difference(texts.metrics[metric], version.version, control.version);
  const first = points[0]?.at ?? 0;
  const last = points.at(-1);
  const clock = new Intl.DateTimeFormat(undefined, {
    timeZone: timeZone(), ...((last?.at ?? 0) - first > 2 * DAY_MS ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" }),
  });
  const format = (value: number) => differenceOf(metric, value);
  return (
    <Paper withBorder p="md" className={classes.card}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2}>{title}</Title>
        <Text size="sm" c="dimmed">
          {texts.certain(texts.units[metric])}
        </Text>
      </Group>
      <Group gap="md" mb="sm">
        <Choices label={texts.metric} choices={COMPARED.map((each) => [each, texts.metrics[each]] as const)} value={metric} onChange={setMetric} />
        {names.length > 1 ? <Choices label={texts.version} choices={names.map((each) => [each, each] as const)} value={name} onChange={setName} /> : null}
      </Group>
      {last === undefined ? (
        <Text c="dimmed">{texts.tooEarly}</Text>
      ) : (
        <IntervalBand
          label={`${title}: ${format(last.estimate)}, between ${format(last.low)} and ${format(last.high)}`}
          points={points}
          markers={markersOf(experiment, version.versionId, first)}
          format={format}
          mark={(at) => clock.format(new Date(at))}
        />
      )}
    </Paper>
  );
}

function pointsOf(history: Point[], versionId: string, metric: Metric) {
  return history.flatMap((point) => {
    const difference = point.differences[versionId]?.[metric];
    return difference === undefined ? [] : [{ at: Date.parse(point.at), part: point.phase, low: difference.low, estimate: difference.estimate, high: difference.high }];
  });
}

function markersOf(experiment: Experiment, versionId: string, first: number) {
  const phases = experiment.phases.toSorted((a, b) => a.number - b.number);
  return phases.flatMap((phase, at) => {
    const before = phases[at - 1];
    const began = Date.parse(phase.startedAt);
    if (before === undefined || began < first) return [];
    return [{ at: began, label: texts.phase(String(before.weights[versionId] ?? 0), String(phase.weights[versionId] ?? 0)) }];
  });
}
