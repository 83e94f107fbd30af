import { Button, Code, Group, Paper, Stack, Text } from "@mantine/core";
import { describe } from "@/shared/api/problem";
import { Badge } from "@/shared/ui/Badge";
import { texts } from "../texts";

/** Why an answer failed, where it would stand, with a way to try again. */
export function AnswerProblem({ failure, requestId, onRetry }: { failure: unknown; requestId: string | null; onRetry: (() => void) | null }) {
  const told = read(failure);
  return (
    <Paper withBorder p="sm" role="alert" mt="xs" bd="1px solid var(--tl-bad)">
      <Stack gap="xs" align="flex-start">
        <Group gap="xs">
          <Badge tone="bad">{told.whose}</Badge>
          <Text>{told.what}</Text>
        </Group>
        {told.next ? <Text c="dimmed">{told.next}</Text> : null}
        <Group gap="xs">
          {onRetry === null ? null : (
            <Button size="xs" variant="default" onClick={onRetry}>
              {texts.retry}
            </Button>
          )}
          {requestId === null ? null : <Code>{requestId}</Code>}
        </Group>
      </Stack>
    </Paper>
  );
}

function read(failure: unknown): { what: string; whose: string; next: string } {
  const { code, message } = failure as { code?: unknown; message?: unknown };
  // What the server tells of a failed answer is written for people already.
  if (typeof code === "string" && typeof message === "string") return { what: message, whose: texts.failures[code] ?? texts.failureElse, next: texts.failureNext[code] ?? "" };
  return describe(failure);
}
