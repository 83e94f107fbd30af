import { Table } from "@mantine/core";
import { ActionsHead } from "./ActionsHead";
import { FactHead, type From } from "./Fact";

/** A column: what it is called, and from which width of the window on it is there. */
export type Column = readonly [label: string, from?: From];

/** The head of a `TableFrame` with `cards`. `actions`: its last column has what can be done with each row. */
export function ColumnHeads({ columns, actions = false }: { columns: readonly Column[]; actions?: boolean }) {
  return (
    <>
      {columns.map(([label, from]) => (from === undefined ? <Table.Th key={label}>{label}</Table.Th> : <FactHead key={label} from={from}>{label}</FactHead>))}
      {actions ? <ActionsHead /> : null}
    </>
  );
}
