import { Button, Code, Collapse, Group, Paper, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { describe } from "@/shared/api/problem";
import { Badge } from "./Badge";

/** What went wrong, whose fault it is and what to do, with what the server said folded away. `action`: what `retry` does, in words. */
export function Problem({ error, retry, action = "Try again" }: { error: unknown; retry?: () => void; action?: string }) {
  const [open, { toggle }] = useDisclosure(false);
  const told = describe(error);
  return (
    <Paper withBorder p="md" role="alert" style={{ borderColor: "var(--tl-bad)" }}>
      <Stack gap="xs" align="flex-start">
        <Group gap="xs">
          <Badge tone="bad">{told.whose}</Badge>
          <Text fw={600}>{told.what}</Text>
        </Group>
        {told.next ? <Text c="dimmed">{told.next}</Text> : null}
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
      </Stack>
    </Paper>
  );
}
