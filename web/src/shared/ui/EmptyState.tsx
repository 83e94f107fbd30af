import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { CodeBlock } from "./CodeBlock";

/** What to do while there is nothing yet: in words, by a command, or by a button. */
export function EmptyState({ title, children, command, actions }: { title: string; children: ReactNode; command?: string; actions?: ReactNode }) {
  return (
    <Paper withBorder p="lg">
      <Stack gap="xs">
        <Title order={2}>{title}</Title>
        <Text c="dimmed">{children}</Text>
        {command === undefined ? null : <CodeBlock code={command} label={title} />}
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Stack>
    </Paper>
  );
}
