import { Table, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronUp } from "lucide-react";
import type { From } from "./Fact";
import classes from "./SortHead.module.css";

/** How a table is sorted, as its address says it. */
interface Sorted<Sort> {
  sort?: Sort | undefined;
  down?: boolean | undefined;
}

/** The head of a column that sorts by it: the first press upwards, the next one downwards. `figure`: its column holds numbers. */
export function SortHead<Sort extends string>({
  title,
  sort,
  sorted,
  onSort,
  figure = false,
  from,
  width,
}: {
  title: string;
  sort: Sort;
  sorted: Sorted<Sort>;
  onSort: (next: Required<Sorted<Sort>>) => void;
  figure?: boolean;
  /** From which width of the window on the column is there. */
  from?: From;
  width?: number;
}) {
  const active = sorted.sort === sort;
  const Arrow = sorted.down ? ChevronDown : ChevronUp;
  return (
    <Table.Th
      className={figure ? classes.figure : ""}
      aria-sort={active ? (sorted.down ? "descending" : "ascending") : undefined}
      data-from={from}
      {...(width === undefined ? {} : { w: width })}
    >
      <UnstyledButton className={classes.sort} onClick={() => onSort({ sort, down: active && !sorted.down ? true : undefined })}>
        {title}
        {active ? <Arrow size={14} aria-hidden /> : null}
      </UnstyledButton>
    </Table.Th>
  );
}
