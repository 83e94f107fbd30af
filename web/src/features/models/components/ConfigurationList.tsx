import { Box, Group, Paper, Table, Text, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronUp } from "lucide-react";
import { Badge } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { Sparkline } from "@/shared/ui/Sparkline";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { ago, duration } from "@/shared/format/time";
import { wordFor } from "@/shared/health";
import type { ConfigurationSearch, Row, Sort } from "../rows";
import classes from "./ConfigurationList.module.css";

/** The table. On a phone each row keeps its name, health and cost. */
export function ConfigurationList({
  rows,
  search,
  onSearch,
}: {
  rows: Row[];
  search: ConfigurationSearch;
  onSearch: (next: ConfigurationSearch) => void;
}) {
  const head = (title: string, sort: Sort) => {
    const active = search.sort === sort;
    const Arrow = search.down ? ChevronDown : ChevronUp;
    return (
      <UnstyledButton className={classes.sort} onClick={() => onSearch({ ...search, sort, down: active ? !search.down : undefined })}>
        {title}
        {active ? <Arrow size={14} aria-hidden /> : null}
      </UnstyledButton>
    );
  };
  const order = (sort: Sort) => (search.sort !== sort ? undefined : search.down ? "descending" : "ascending");
  return (
    <Paper withBorder className={classes.frame}>
      <Table verticalSpacing="xs" horizontalSpacing="sm" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th aria-sort={order("name")}>{head("Name and model", "name")}</Table.Th>
            <Table.Th aria-sort={order("health")}>{head("Health", "health")}</Table.Th>
            <Table.Th visibleFrom="md">Key</Table.Th>
            <Table.Th visibleFrom="md">Calls</Table.Th>
            <Table.Th className={classes.figure} aria-sort={order("cost")}>
              {head("Cost", "cost")}
            </Table.Th>
            <Table.Th className={classes.figure} visibleFrom="sm" aria-sort={order("errors")}>
              {head("Errors", "errors")}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <ConfigurationRow key={row.configuration.id} row={row} />
          ))}
        </Table.Tbody>
      </Table>
      {rows.length === 0 ? (
        <Text c="dimmed" p="md">
          No configuration is like that. Take a filter away.
        </Text>
      ) : null}
    </Paper>
  );
}

function ConfigurationRow({ row }: { row: Row }) {
  const { configuration, state } = row;
  const { word, tone } = wordFor(state);
  const total = row.calls.reduce((sum, calls) => sum + calls, 0);
  const seen = [row.p50Ms === null ? "" : `p50 ${duration(row.p50Ms)}`, row.checkedAt ? ago(row.checkedAt) : "never"];
  const bad = row.errorRate !== null && row.errorRate > 0.05;
  return (
    <Table.Tr className={classes.row}>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <ProviderMark provider={configuration.provider} />
          <Box miw={0}>
            <Text fw={550}>{configuration.name}</Text>
            <Text className="mono" c="dimmed">
              {configuration.model ?? "any model"}
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
        <Text className="mono">{configuration.apiKey ?? (configuration.borrows ? "borrowed" : "no key")}</Text>
        <Text size="sm" c="dimmed">
          {configuration.shared ? "Shared" : "Private"}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">
        {total === 0 ? (
          <Text c="dimmed">no calls yet</Text>
        ) : (
          <Sparkline values={row.calls} bad={tone === "bad"} label={`${count(total)} calls`} />
        )}
      </Table.Td>
      <Table.Td className={classes.figure}>
        {usd(row.cost)}
        {row.unpriced > 0 ? (
          <Text size="sm" c="dimmed">
            {count(row.unpriced)} unpriced
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
