import { Paper, Table, Text } from "@mantine/core";
import type { ReactNode, Ref } from "react";
import classes from "./TableFrame.module.css";
import { scrolling } from "./scrolling";

/**
 * A table as all of the console's look. `head`: its `Table.Th`s, `children`: its rows. `rowCount`: how many there are, where only
 * those in sight exist. `none`: what to say where there is no row. `scroller`: the table scrolls by itself, below its head. `cards`:
 * on a phone each row is a card with all its facts; its cells are `Fact`s, but for the first, and the last with what can be done.
 */
export function TableFrame({
  label,
  head,
  children,
  rowCount,
  none,
  frame,
  scroller,
  cards = false,
}: {
  label: string;
  head: ReactNode;
  children: ReactNode;
  rowCount?: number;
  none?: string;
  frame?: Ref<HTMLDivElement>;
  scroller?: Ref<HTMLDivElement>;
  cards?: boolean;
}) {
  const scrolls = scroller !== undefined;
  const table = (
    <Table
      verticalSpacing={scrolls ? 0 : "xs"}
      horizontalSpacing="sm"
      className={cards ? `${classes.table} ${classes.cards}` : classes.table}
      layout={scrolls ? "fixed" : "auto"}
      aria-label={label}
      {...(rowCount === undefined ? {} : { "aria-rowcount": rowCount + 1 })}
    >
      <Table.Thead>
        <Table.Tr>{head}</Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
  return (
    <Paper withBorder className={classes.frame} {...(frame === undefined ? {} : { ref: frame })}>
      {scrolls ? (
        <div ref={scroller} className={classes.scroller} {...scrolling(label)}>
          {table}
        </div>
      ) : (
        table
      )}
      {none !== undefined && rowCount === 0 ? (
        <Text c="dimmed" p="md">
          {none}
        </Text>
      ) : null}
    </Paper>
  );
}
