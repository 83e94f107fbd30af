import { Button, Group, List, Modal, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { subjectsQuery } from "@/shared/subjects/subjects";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { CopyButton } from "@/shared/ui/CopyButton";
import { Problem } from "@/shared/ui/Problem";
import { SnippetTabs } from "@/shared/ui/SnippetTabs";
import { useWorkspace } from "@/shared/workspace";
import type { NewKey } from "../api";
import { texts } from "../texts";

/** The key itself, this once, and how it is used. Closes only when its reader says so. */
export function MadeKey({ made: { key, limitsError }, onClose }: { made: NewKey; onClose: () => void }) {
  const { client, id } = useWorkspace();
  const configurations = useQuery(subjectsQuery(client, id, "configuration"));
  const words = texts.made;
  const model = key.models[0] ?? configurations.data?.[0]?.label ?? "default";
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={words.title(key.name)} size="lg">
      <Stack>
        <Text>{words.about}</Text>
        <CodeBlock code={key.key} label={words.key} wrap />
        {limitsError ? (
          <>
            <Text>{words.limits}</Text>
            <Problem error={limitsError} />
          </>
        ) : null}
        {key.warnings.length > 0 ? (
          <List size="sm" aria-label={words.warnings}>
            {key.warnings.map((warning) => (
              <List.Item key={warning}>{warning}</List.Item>
            ))}
          </List>
        ) : null}
        <Title order={2}>{words.try}</Title>
        <SnippetTabs sent={{ method: "POST", path: "/v1/chat/completions", apiKey: key.key, body: { model, messages: [{ role: "user", content: words.hello }] } }} />
        <Group justify="flex-end" gap="xs">
          <CopyButton value={key.key} label={words.copy} />
          <Button onClick={onClose}>{words.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
