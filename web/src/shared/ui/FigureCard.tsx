import { Paper, Text } from "@mantine/core";
import classes from "./FigureCard.module.css";

/** A figure with its name above and a second line below. */
export function FigureCard({ label, figure, about }: { label: string; figure: string; about: string }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text className={classes.figure}>{figure}</Text>
      <Text size="sm" c="dimmed">
        {about || "\u00a0"}
      </Text>
    </Paper>
  );
}
