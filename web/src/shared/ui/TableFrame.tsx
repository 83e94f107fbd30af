import { Paper, Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./TableFrame.module.css";

/** A table as all of the console's look. `head`: its `Table.Th`s, `children`: its rows. */
export function TableFrame({ label, head, children }: { label: string; head: ReactNode; children: ReactNode }) {
  return (
    <Paper withBorder className={classes.frame}>
      <Table verticalSpacing="xs" horizontalSpacing="sm" className={classes.table} aria-label={label}>
        <Table.Thead>
          <Table.Tr>{head}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Paper>
  );
}
