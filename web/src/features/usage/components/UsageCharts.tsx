import { Group, Paper, Text, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { type CallSearch, filtersOf } from "@/shared/calls/search";
import { Legend } from "@/shared/charts/Legend";
import { type Marker, StackedBars } from "@/shared/charts/StackedBars";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { Choices } from "@/shared/ui/Choices";
import type { Answer } from "../api";
import { clockOf } from "../clock";
import { type Bars, barsOf, outcomesOf } from "../figures";
import { MEASURES, type Measure } from "../search";
import type { Grain } from "../span";
import { texts } from "../texts";
import classes from "./usage.module.css";

const LOW = 140;

/** What was used over time, by provider, and below it how requests ended; with one cursor. */
export function UsageCharts({
  series,
  grain,
  measure,
  search,
  revisions,
  onMeasure,
}: {
  series: Answer;
  grain: Grain;
  measure: Measure;
  search: CallSearch;
  revisions: { at: string; label: string }[];
  onMeasure: (measure: Measure) => void;
}) {
  const [cursor, setCursor] = useState<number | null>(null);
  const navigate = useNavigate();
  const used = useMemo(() => barsOf(series, measure, grain, clockOf(grain)), [series, measure, grain]);
  const ended = useMemo(() => outcomesOf(series, grain, clockOf(grain), texts), [series, grain]);
  const open = (at: number) => void navigate({ to: "/requests", search: { ...filtersOf(search), ...used.spans[at] } });
  const title = texts.chart(texts.measures[measure], texts.per(grain.interval, grain.hours));
  const shared = { cursor, onCursor: setCursor, onOpen: open, markers: markersOf(revisions, used) };
  return (
    <Paper withBorder p="md" mb="md" className={classes.frame}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2}>{title}</Title>
        <Legend series={used.series} />
        <Choices label={texts.measure} choices={MEASURES.map((each) => [each, texts.measures[each]] as const)} value={measure} onChange={onMeasure} />
      </Group>
      <StackedBars title={`${title}, ${texts.byProvider}`} bars={used.bars} series={used.series} format={measure === "cost" ? usd : count} {...shared} />
      <Group justify="space-between" mt="md" mb={4} gap="xs">
        <Text fw={550}>{texts.requestsAndErrors}</Text>
        <Legend series={ended.series} />
      </Group>
      <StackedBars title={texts.requestsAndErrors} bars={ended.bars} series={ended.series} format={count} height={LOW} {...shared} />
      <Text size="sm" c="dimmed" mt={4}>
        {texts.opens}
      </Text>
    </Paper>
  );
}

function markersOf(revisions: { at: string; label: string }[], { spans }: Bars): Marker[] {
  return revisions.flatMap(({ at, label }) => {
    const index = spans.findIndex((span) => span.since <= at && at < span.until);
    return index < 0 ? [] : [{ at: index, label }];
  });
}
