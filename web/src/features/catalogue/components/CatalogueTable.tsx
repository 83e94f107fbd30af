import { Box, Paper, Table, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp } from "lucide-react";
import { useRef } from "react";
import { type CatalogueSearch, COMPARED, type Entry, type Sort } from "../entries";
import { texts } from "../texts";
import { CatalogueRow } from "./CatalogueRow";
import classes from "./CatalogueTable.module.css";

const ROW = 48;

/** All models that were found in one table, of which only the rows in sight exist: ten thousand scroll as ten do. */
export function CatalogueTable({ entries, search, onSearch }: { entries: Entry[]; search: CatalogueSearch; onSearch: (next: CatalogueSearch) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: entries.length, getScrollElement: () => frame.current, estimateSize: () => ROW, overscan: 12 });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const compared = search.compare ?? [];
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
  const toggle = (key: string) => {
    const next = compared.includes(key) ? compared.filter((each) => each !== key) : [...compared, key].slice(0, COMPARED);
    onSearch({ ...search, compare: next.length === 0 ? undefined : next });
  };
  return (
    <Paper withBorder className={classes.paper}>
      <Box ref={frame} component="section" className={classes.frame} tabIndex={0} aria-label={texts.title}>
        <Table className={classes.table} horizontalSpacing="sm" verticalSpacing={0} aria-rowcount={entries.length + 1}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={40} visibleFrom="sm">
                <VisuallyHidden>{texts.compare}</VisuallyHidden>
              </Table.Th>
              <Table.Th aria-sort={order("name")}>{head(texts.columns.name, "name")}</Table.Th>
              <Table.Th visibleFrom="md">{texts.columns.abilities}</Table.Th>
              <Table.Th w={90} className={classes.figure} aria-sort={order("input")}>
                {head(texts.columns.input, "input")}
              </Table.Th>
              <Table.Th className={classes.figure} visibleFrom="sm" aria-sort={order("output")}>
                {head(texts.columns.output, "output")}
              </Table.Th>
              <Table.Th className={classes.figure} visibleFrom="sm" aria-sort={order("context")}>
                {head(texts.columns.context, "context")}
              </Table.Th>
              <Table.Th visibleFrom="lg" aria-sort={order("date")}>
                {head(texts.columns.date, "date")}
              </Table.Th>
              <Table.Th visibleFrom="lg">{texts.columns.used}</Table.Th>
              <Table.Th w={90}>
                <VisuallyHidden>{texts.use}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {above > 0 ? <tr aria-hidden style={{ height: above }} /> : null}
            {items.map((item) => {
              const entry = entries[item.index];
              if (entry === undefined) return null;
              const chosen = compared.includes(entry.key);
              return (
                <CatalogueRow key={entry.key} entry={entry} index={item.index} chosen={chosen} full={!chosen && compared.length >= COMPARED} onToggle={() => toggle(entry.key)} />
              );
            })}
            {below > 0 ? <tr aria-hidden style={{ height: below }} /> : null}
          </Table.Tbody>
        </Table>
      </Box>
    </Paper>
  );
}
