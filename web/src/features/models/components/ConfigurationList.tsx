import { Checkbox, Table, VisuallyHidden } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { CallSpan } from "@/shared/calls/CallsLink";
import { FactHead } from "@/shared/ui/Fact";
import { SortHead } from "@/shared/ui/SortHead";
import { TableFrame } from "@/shared/ui/TableFrame";
import { VirtualRows } from "@/shared/ui/VirtualRows";
import type { TestResult } from "../api";
import type { ConfigurationSearch, Row } from "../rows";
import { texts } from "../texts";
import { ConfigurationRow } from "./ConfigurationRow";

const ROW = 61;
const { columns } = texts.list;

/** The table, of which only the rows in sight exist. On a phone each is a card. */
export function ConfigurationList({
  rows,
  span,
  search,
  onSearch,
  tests,
  selectable,
  chosen,
  onChosen,
}: {
  rows: Row[];
  /** What the figures are of. */
  span: CallSpan;
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
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => ROW, overscan: 5, scrollMargin: margin });
  const sorting = { sorted: search, onSort: (sorted: Pick<ConfigurationSearch, "sort" | "down">) => onSearch({ ...search, ...sorted }) };
  // The same while somebody scrolls, so that rows which stay are not drawn anew.
  const toggle = useCallback(
    (id: string) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      onChosen(next);
    },
    [chosen, onChosen],
  );
  const all = rows.length > 0 && rows.every((row) => chosen.has(row.configuration.id));
  return (
    <TableFrame
      label={texts.list.title}
      cards
      frame={frame}
      rowCount={rows.length}
      none={texts.list.none}
      head={
        <>
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
          <SortHead title={columns.name} sort="name" {...sorting} />
          <SortHead title={columns.health} sort="health" {...sorting} />
          <FactHead from="lg">{columns.key}</FactHead>
          <FactHead from="lg">{columns.versions}</FactHead>
          <FactHead from="md">{columns.calls}</FactHead>
          <SortHead title={columns.cost} sort="cost" figure {...sorting} />
          <SortHead title={columns.errors} sort="errors" figure from="sm" {...sorting} />
          <Table.Th w={44}>
            <VisuallyHidden>{columns.actions}</VisuallyHidden>
          </Table.Th>
        </>
      }
    >
      <VirtualRows virtual={virtual} margin={margin}>
        {(item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const { id } = row.configuration;
          return (
            <ConfigurationRow
              key={id}
              row={row}
              span={span}
              index={item.index}
              measure={virtual.measureElement}
              test={tests[id]}
              selectable={selectable}
              chosen={chosen.has(id)}
              onToggle={toggle}
            />
          );
        }}
      </VirtualRows>
    </TableFrame>
  );
}
