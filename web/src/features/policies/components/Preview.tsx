import { Button, Group, Paper, Stack, Table, Text } from "@mantine/core";
import { count } from "@/shared/format/quantity";
import { ago } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import { Problem } from "@/shared/ui/Problem";
import type { PolicyPreview } from "../api";
import { type Scope, usePreview } from "../hooks";
import { texts } from "../texts";

const words = texts.preview;

/** Tries what stands in the form on the calls of the last day. `rule` null: a model would have to judge. */
export function Preview({ rule, scope, ready }: { rule: Record<string, unknown> | null; scope: Scope; ready: () => Promise<boolean> }) {
  const trying = usePreview();
  if (rule === null) return <Text c="dimmed">{words.cannot}</Text>;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button
          variant="default"
          loading={trying.isPending}
          onClick={() => {
            void ready().then((is) => {
              if (is) trying.mutate({ rule, scope });
            });
          }}
        >
          {words.try}
        </Button>
      </Group>
      {trying.error ? <Problem error={trying.error} /> : null}
      {trying.data === undefined ? null : <Found found={trying.data} />}
    </Stack>
  );
}

function Found({ found }: { found: PolicyPreview }) {
  const { calls, checked, violations, undecided, note, examples } = found;
  if (calls === 0) return <output>{words.none}</output>;
  return (
    <Paper withBorder p="sm" component="section" aria-label={words.try}>
      <Text component="output" display="block">
        <Badge tone={violations === 0 ? "good" : "fair"}>{words.found(count(violations), count(checked))}</Badge>
      </Text>
      <Text size="sm" c="dimmed">
        {[checked < calls ? words.unread(count(checked), count(calls)) : "", undecided > 0 ? words.undecided(count(undecided)) : "", note ?? ""].filter(Boolean).join(" ")}
      </Text>
      {examples.length === 0 ? null : (
        <Table verticalSpacing={4} aria-label={words.examples}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.call}</Table.Th>
              <Table.Th>{words.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {examples.slice(0, 5).map((each) => (
              <Table.Tr key={each.requestId}>
                <Table.Td>
                  <Text size="sm">{`${each.provider} / ${each.llmModel}`}</Text>
                  <Text size="sm" c="dimmed">
                    {ago(each.timestamp)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{each.explanation}</Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}
