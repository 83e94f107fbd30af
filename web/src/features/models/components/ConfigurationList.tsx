import { Checkbox, Paper, Table, Text, UnstyledButton } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import type { TestResult } from "../api";
import type { ConfigurationSearch, Row, Sort } from "../rows";
import { texts } from "../texts";
import classes from "./ConfigurationList.module.css";
import { ConfigurationRow } from "./ConfigurationRow";

const ROW = 61;

/** The table, of which only the rows in sight exist. On a phone each row keeps its name, health and cost. */
export function ConfigurationList({
  rows,
  search,
  onSearch,
  tests,
  selectable,
  chosen,
  onChosen,
}: {
  rows: Row[];
  search: ConfigurationSearch;
  onSearch: (next: ConfigurationSearch) => void;
  /** What tests of this page have said, by configuration. */
  tests: Record<string, TestResult>;
  selectable: boolean;
  chosen: ReadonlySet<string>;
  onChosen: (chosen: ReadonlySet<string>) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin(frame.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => ROW, overscan: 12, scrollMargin: margin });
  const items = virtual.getVirtualItems();
  const above = (items[0]?.start ?? margin) - margin;
  const below = virtual.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin);
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
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChosen(next);
  };
  const all = rows.length > 0 && rows.every((row) => chosen.has(row.configuration.id));
  return (
    <Paper withBorder className={classes.frame} ref={frame}>
      <Table verticalSpacing="xs" horizontalSpacing="sm" className={classes.table} aria-rowcount={rows.length + 1}>
        <Table.Thead>
          <Table.Tr>
            {selectable ? (
              <Table.Th w={40} visibleFrom="sm">
                <Checkbox
                  size="xs"
                  aria-label={texts.list.selectAll}
                  checked={all}
                  indeterminate={!all && rows.some((row) => chosen.has(row.configuration.id))}
                  onChange={() => onChosen(all ? new Set() : new Set(rows.map((row) => row.configuration.id)))}
                />
              </Table.Th>
            ) : null}
            <Table.Th aria-sort={order("name")}>{head(texts.list.columns.name, "name")}</Table.Th>
            <Table.Th aria-sort={order("health")}>{head(texts.list.columns.health, "health")}</Table.Th>
            <Table.Th visibleFrom="md">{texts.list.columns.key}</Table.Th>
            <Table.Th visibleFrom="md">{texts.list.columns.calls}</Table.Th>
            <Table.Th className={classes.figure} aria-sort={order("cost")}>
              {head(texts.list.columns.cost, "cost")}
            </Table.Th>
            <Table.Th className={classes.figure} visibleFrom="sm" aria-sort={order("errors")}>
              {head(texts.list.columns.errors, "errors")}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {above > 0 ? <tr aria-hidden style={{ height: above }} /> : null}
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const { id } = row.configuration;
            return (
              <ConfigurationRow
                key={id}
                row={row}
                index={item.index}
                measure={virtual.measureElement}
                test={tests[id]}
                selectable={selectable}
                chosen={chosen.has(id)}
                onToggle={() => toggle(id)}
              />
            );
          })}
          {below > 0 ? <tr aria-hidden style={{ height: below }} /> : null}
        </Table.Tbody>
      </Table>
      {rows.length === 0 ? (
        <Text c="dimmed" p="md">
          {texts.list.none}
        </Text>
      ) : null}
    </Paper>
  );
}
