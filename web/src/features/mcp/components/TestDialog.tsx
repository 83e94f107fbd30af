import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { duration } from "@/shared/format/time";
import { texts as shared } from "@/shared/texts";
import { Badge } from "@/shared/ui/Badge";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Problem } from "@/shared/ui/Problem";
import type { McpServer, McpServerTest } from "../api";
import { useServerTest } from "../hooks";
import { texts } from "../texts";

const words = texts.testing;

/** Asks a server for its tools, and shows them or what is wrong. */
export function TestDialog({ server, onClose }: { server: McpServer; onClose: () => void }) {
  const test = useServerTest(server.id);
  const again = () => void test.refetch();
  return (
    <Modal opened onClose={onClose} title={words.title(server.name)} size="lg" closeButtonProps={{ "aria-label": shared.close }}>
      <Stack aria-live="polite">
        {test.isFetching ? (
          <ListSkeleton rows={3} label={words.running} />
        ) : test.error ? (
          <Problem error={test.error} retry={again} />
        ) : test.data === undefined ? null : (
          <>
            <Outcome told={test.data} server={server} />
            <Group justify="flex-end">
              <Button variant="default" onClick={again}>
                {words.again}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}

function Outcome({ told, server }: { told: McpServerTest; server: McpServer }) {
  if (!told.ok) {
    return (
      <>
        <Badge tone="bad">{words.failed}</Badge>
        <Text>{told.reason}</Text>
        <Text c="dimmed">{words.next}</Text>
      </>
    );
  }
  return (
    <>
      <Group justify="space-between">
        <Badge tone="good">{words.ok(told.tools.length)}</Badge>
        <Text size="sm" c="dimmed">
          {words.facts(told.revision ?? "", duration(told.durationMs))}
        </Text>
      </Group>
      {told.tools.length === 0 ? null : (
        <List aria-label={words.tools} spacing="xs" listStyleType="none">
          {told.tools.map(({ name, description }) => (
            <List.Item key={name}>
              <Text className="mono">
                {name}
                {server.tools === null || server.tools.includes(name) ? null : (
                  <Text span size="sm" c="dimmed">{` · ${words.kept}`}</Text>
                )}
              </Text>
              <Text size="sm" c="dimmed" lineClamp={3}>
                {description}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}
