import { Table, type TableTdProps } from "@mantine/core";
import type { ReactNode } from "react";

/** The width of the window from which on a table has room for a column. */
export type From = "sm" | "md" | "lg";

/** A cell of a `TableFrame` with `cards`: on a phone it is a line of its row's card, behind its `label`. */
export function Fact({ label, from, ...rest }: TableTdProps & { label: string; from?: From }) {
  return <Table.Td data-label={label} data-from={from} {...rest} />;
}

/** The head of a column that is not there on narrow windows. */
export function FactHead({ from, children }: { from: From; children: ReactNode }) {
  return <Table.Th data-from={from}>{children}</Table.Th>;
}
