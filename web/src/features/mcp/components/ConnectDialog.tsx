import { Modal, Stack, Text } from "@mantine/core";
import { SERVER } from "@/shared/api/address";
import { texts as shared } from "@/shared/texts";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { CodeTabs } from "@/shared/ui/CodeTabs";
import type { McpServer } from "../api";
import { pathOf, programsOf } from "../connect";
import { texts } from "../texts";

const words = texts.connecting;

/** How programs reach a server; null: Trunkline's own tools. */
export function ConnectDialog({ server, onClose }: { server: McpServer | null; onClose: () => void }) {
  const name = server?.name ?? null;
  return (
    <Modal opened onClose={onClose} title={words.title(name ?? words.own)} size="lg" closeButtonProps={{ "aria-label": shared.close }}>
      <Stack>
        <Text>{words.about}</Text>
        {server?.enabled === false ? <Text c="var(--tl-bad)">{words.off}</Text> : null}
        {server === null || server.keys === null ? null : <Text>{words.keys}</Text>}
        <CodeBlock code={SERVER + pathOf(name)} label={words.address} wrap />
        <CodeTabs label={words.programs} codes={programsOf(name, SERVER)} />
        <Text size="sm" c="dimmed">
          {words.key}
        </Text>
      </Stack>
    </Modal>
  );
}
