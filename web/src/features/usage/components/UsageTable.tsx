import { Group, Paper, Table, Text } from "@mantine/core";
import { CallsLink, type CallSpan } from "@/shared/calls/CallsLink";
import { type CallSearch, narrow } from "@/shared/calls/search";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { duration } from "@/shared/format/time";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import type { Answer, Part } from "../api";
import { DIMENSIONS, type Dimension } from "../search";
import { texts } from "../texts";
import classes from "./usage.module.css";

/** A row for each part, the dearest first. Each figure opens its requests. */
export function UsageTable({ figures, by, search, span, markOf }: { figures: Answer; by: Dimension; search: CallSearch; span: CallSpan; markOf: (key: string) => string | undefined }) {
  const { columns } = texts;
  return (
    <Paper withBorder className={classes.frame}>
      <Table horizontalSpacing="sm" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.heads[by]}</Table.Th>
            <Table.Th className={classes.figure}>{columns.requests}</Table.Th>
            <Table.Th className={classes.figure} visibleFrom="sm">
              {columns.tokens}
            </Table.Th>
            <Table.Th className={classes.figure}>{columns.cost}</Table.Th>
            <Table.Th className={classes.figure} visibleFrom="md">
              {columns.p50}
            </Table.Th>
            <Table.Th className={classes.figure} visibleFrom="md">
              {columns.p95}
            </Table.Th>
            <Table.Th className={classes.figure} visibleFrom="sm">
              {columns.errors}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {figures.breakdown
            .filter((part) => part.requestCount > 0)
            .map((part) => (
              <PartRow key={part.key ?? "\u0000"} part={part} by={by} search={narrow(search, DIMENSIONS[by], part.key)} span={span} mark={markOf(part.key ?? "")} />
            ))}
          {figures.other === null || figures.other.requestCount === 0 ? null : (
            <Table.Tr>
              <Table.Td>{texts.other}</Table.Td>
              <Table.Td className={classes.figure}>{count(figures.other.requestCount)}</Table.Td>
              <Table.Td className={classes.figure} visibleFrom="sm">
                {count(figures.other.tokenCount)}
              </Table.Td>
              <Table.Td className={classes.figure}>{usd(figures.other.costUSD)}</Table.Td>
              <Table.Td colSpan={3} visibleFrom="sm" />
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function PartRow({ part, by, search, span, mark }: { part: Part; by: Dimension; search: CallSearch; span: CallSpan; mark: string | undefined }) {
  const name = part.name ?? part.key ?? texts.without[by];
  const failed: CallSearch = { ...search, outcome: "error" };
  const opens = (what: string) => `${name}: ${what}`;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          {mark === undefined ? null : <ProviderMark provider={mark} />}
          <CallsLink search={search} span={span}>
            <span className={classes.name}>{name}</span>
          </CallsLink>
        </Group>
      </Table.Td>
      <Table.Td className={classes.figure}>
        <CallsLink search={search} span={span} label={opens(`${count(part.requestCount)} requests`)}>
          {count(part.requestCount)}
        </CallsLink>
      </Table.Td>
      <Table.Td className={classes.figure} visibleFrom="sm">
        {count(part.tokenCount)}
      </Table.Td>
      <Table.Td className={classes.figure}>
        <CallsLink search={search} span={span} label={opens(usd(part.costUSD))}>
          {usd(part.costUSD)}
        </CallsLink>
        {part.unpricedCount > 0 ? (
          <Text size="sm" c="dimmed">
            <CallsLink search={{ ...search, unpriced: true }} span={span} label={opens(`${count(part.unpricedCount)} unpriced`)}>
              {count(part.unpricedCount)} unpriced
            </CallsLink>
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td className={classes.figure} visibleFrom="md">
        {duration(part.p50Ms)}
      </Table.Td>
      <Table.Td className={classes.figure} visibleFrom="md">
        {duration(part.p95Ms)}
      </Table.Td>
      <Table.Td className={classes.figure} visibleFrom="sm">
        <CallsLink search={failed} span={span} label={opens(`${percent(part.errorRate)} errors`)}>
          <Text span c={part.errorRate > 0.05 ? "var(--tl-bad)" : "inherit"}>
            {percent(part.errorRate)}
          </Text>
        </CallsLink>
      </Table.Td>
    </Table.Tr>
  );
}
