import { Paper, Title } from "@mantine/core";
import classes from "./StatusList.module.css";
import { StatusRow, type StatusRowFacts } from "./StatusRow";

/** Rows under a title; nothing where there are none. */
export function StatusList({ title, rows }: { title: string; rows: StatusRowFacts[] }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <Paper withBorder className={classes.frame}>
        {rows.map((row) => (
          <StatusRow key={row.key} row={row} />
        ))}
      </Paper>
    </section>
  );
}
