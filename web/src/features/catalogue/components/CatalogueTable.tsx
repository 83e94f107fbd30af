import { Table, VisuallyHidden } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useRef } from "react";
import { SortHead } from "@/shared/ui/SortHead";
import { TableFrame } from "@/shared/ui/TableFrame";
import { VirtualRows } from "@/shared/ui/VirtualRows";
import { type CatalogueSearch, COMPARED, type Entry } from "../entries";
import { texts } from "../texts";
import { CatalogueRow } from "./CatalogueRow";

const ROW = 48;
const { columns } = texts;

/** All models that were found in one table, of which only the rows in sight exist: ten thousand scroll as ten do. */
export function CatalogueTable({ entries, search, onSearch }: { entries: Entry[]; search: CatalogueSearch; onSearch: (next: CatalogueSearch) => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: entries.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 6 });
  const compared = search.compare ?? [];
  const sorting = { sorted: search, onSort: (sorted: Pick<CatalogueSearch, "sort" | "down">) => onSearch({ ...search, ...sorted }) };
  // The same while somebody scrolls, so that rows which stay are not drawn anew.
  const toggle = useCallback(
    (key: string) => {
      const before = search.compare ?? [];
      const next = before.includes(key) ? before.filter((each) => each !== key) : [...before, key].slice(0, COMPARED);
      onSearch({ ...search, compare: next.length === 0 ? undefined : next });
    },
    [search, onSearch],
  );
  return (
    <TableFrame
      label={texts.title}
      scroller={scroller}
      rowCount={entries.length}
      head={
        <>
          <Table.Th w={40} visibleFrom="sm">
            <VisuallyHidden>{texts.compare}</VisuallyHidden>
          </Table.Th>
          <SortHead title={columns.name} sort="name" {...sorting} />
          <Table.Th visibleFrom="md" w="15%">{columns.abilities}</Table.Th>
          <SortHead title={columns.input} sort="input" figure width={90} {...sorting} />
          <SortHead title={columns.output} sort="output" figure from="sm" width={90} {...sorting} />
          <SortHead title={columns.context} sort="context" figure from="sm" width={90} {...sorting} />
          <SortHead title={columns.date} sort="date" from="lg" width={130} {...sorting} />
          <Table.Th visibleFrom="lg" w="14%">{columns.used}</Table.Th>
          <Table.Th w={96}>
            <VisuallyHidden>{texts.use}</VisuallyHidden>
          </Table.Th>
        </>
      }
    >
      <VirtualRows virtual={virtual}>
        {(item) => {
          const entry = entries[item.index];
          if (entry === undefined) return null;
          const chosen = compared.includes(entry.key);
          return <CatalogueRow key={entry.key} entry={entry} index={item.index} chosen={chosen} full={!chosen && compared.length >= COMPARED} onToggle={toggle} />;
        }}
      </VirtualRows>
    </TableFrame>
  );
}
