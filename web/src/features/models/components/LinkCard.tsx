import { Anchor, Paper, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

/** A way to a page of another subject, which shows the same thing from its side. `to` is a path of the console. */
export function LinkCard({ to, search, title, about }: { to: string; search?: Record<string, string>; title: string; about: string }) {
  return (
    <Paper withBorder p="md">
      {/* Subjects know of each other by address alone. */}
      <Anchor component={Link} {...({ to, search: search ?? {} } as object)} fw={550}>
        {title}
      </Anchor>
      <Text c="dimmed">{about}</Text>
    </Paper>
  );
}
