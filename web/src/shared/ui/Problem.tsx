import { Button, Code, Collapse, Group, Paper, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { describe, type Told } from "@/shared/api/problem";
import { Badge } from "./Badge";

/** What went wrong, whose fault it is and what to do. `children`: what can be done right here. */
export function ToldProblem({ told, children }: { told: Omit<Told, "details">; children?: ReactNode }) {
  return (
    <Paper withBorder p="md" role="alert" style={{ borderColor: "var(--tl-bad)" }}>
      <Stack gap="xs" align="flex-start">
        <Group gap="xs">
          <Badge tone="bad">{told.whose}</Badge>
          <Text fw={600}>{told.what}</Text>
        </Group>
        {told.next ? <Text c="dimmed">{told.next}</Text> : null}
        {children}
      </Stack>
    </Paper>
  );
}

/** The same of a failed request to the server, with what it said folded away. `action`: what `retry` does, in words. */
export function Problem({ error, retry, action = "Try again" }: { error: unknown; retry?: () => void; action?: string }) {
  const [open, { toggle }] = useDisclosure(false);
  const told = describe(error);
  return (
    <ToldProblem told={told}>
      <Group gap="xs">
        {retry ? <Button onClick={retry}>{action}</Button> : null}
        {told.details ? (
          <Button variant="default" onClick={toggle} aria-expanded={open}>
            Details
          </Button>
        ) : null}
      </Group>
      {told.details ? (
        <Collapse expanded={open}>
          <Code block>{told.details}</Code>
        </Collapse>
      ) : null}
    </ToldProblem>
  );
}
