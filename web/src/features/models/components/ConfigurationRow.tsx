import { Anchor, Box, Checkbox, Group, Table, Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { ago, duration } from "@/shared/format/time";
import { wordFor } from "@/shared/health";
import { Badge } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { Sparkline } from "@/shared/ui/Sparkline";
import type { TestResult } from "../api";
import type { Row } from "../rows";
import { texts } from "../texts";
import classes from "./ConfigurationList.module.css";

const MUCH = 0.05;

/** A configuration in the table. A click anywhere opens it. */
export function ConfigurationRow({
  row,
  index,
  measure,
  test,
  selectable,
  chosen,
  onToggle,
}: {
  row: Row;
  index: number;
  measure: (element: Element | null) => void;
  test: TestResult | undefined;
  selectable: boolean;
  chosen: boolean;
  onToggle: () => void;
}) {
  const navigate = useNavigate();
  const { configuration, state } = row;
  const { word, tone } = wordFor(state);
  const total = row.calls.reduce((sum, calls) => sum + calls, 0);
  const checked = test?.testedAt ?? row.checkedAt;
  const seen = [row.p50Ms === null ? "" : `p50 ${duration(row.p50Ms)}`, checked ? ago(checked) : texts.list.never];
  const bad = row.errorRate !== null && row.errorRate > MUCH;
  return (
    <Table.Tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={classes.row}
      onClick={() => void navigate({ to: "/configurations/$configurationId", params: { configurationId: configuration.id }, search: {} })}
    >
      {selectable ? (
        <Table.Td visibleFrom="sm" onClick={(event) => event.stopPropagation()}>
          <Checkbox size="xs" aria-label={texts.list.select(configuration.name)} checked={chosen} onChange={onToggle} />
        </Table.Td>
      ) : null}
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <ProviderMark provider={configuration.provider} />
          <Box miw={0}>
            <Anchor
              component={Link}
              {...({ to: "/configurations/$configurationId", params: { configurationId: configuration.id } } as object)}
              c="inherit"
              fw={550}
              className={classes.name}
              onClick={(event) => event.stopPropagation()}
            >
              {configuration.name}
            </Anchor>
            <Text className={`mono ${classes.name}`} c="dimmed">
              {configuration.model ?? texts.list.anyModel}
            </Text>
          </Box>
        </Group>
      </Table.Td>
      <Table.Td>
        <Badge tone={tone}>{word}</Badge>
        <Text size="sm" c="dimmed">
          {seen.filter(Boolean).join(" · ")}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Text className="mono">{configuration.apiKey ?? (configuration.borrows ? texts.list.borrowed : texts.list.noKey)}</Text>
        <Text size="sm" c="dimmed">
          {configuration.shared ? texts.list.shared : texts.list.private}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">
        {total === 0 ? <Text c="dimmed">{texts.list.noCalls}</Text> : <Sparkline values={row.calls} bad={tone === "bad"} label={texts.list.calls(count(total))} />}
      </Table.Td>
      <Table.Td className={classes.figure}>
        {usd(row.cost)}
        {row.unpriced > 0 ? (
          <Text size="sm" c="dimmed">
            {texts.list.unpriced(count(row.unpriced))}
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td className={classes.figure} visibleFrom="sm">
        <Text span c={bad ? "var(--tl-bad)" : "dimmed"}>
          {percent(row.errorRate)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
