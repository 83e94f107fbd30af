import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { CopyAs } from "@/shared/ui/CopyAs";
import { JsonBlock } from "@/shared/ui/JsonBlock";
import type { Preview } from "../api";
import { texts } from "../texts";

/** The request that a call becomes with what the form holds, beside it all the way. */
export function RequestPreview({ query, name, sealed }: { query: UseQueryResult<Preview>; name: string; sealed: boolean }) {
  const shown = query.data;
  const path = shown === undefined ? "" : new URL(shown.url).pathname;
  const host = shown === undefined ? "" : new URL(shown.url).host;
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.preview.title}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} fz="md">
            {texts.preview.title}
          </Title>
          {shown === undefined ? null : (
            <CopyAs
              sent={{
                method: "POST",
                path: "/v1/chat/completions",
                body: { model: name || String(shown.body["model"] ?? "…"), messages: [{ role: "user", content: "Hello" }] },
              }}
            />
          )}
        </Group>
        {shown === undefined ? (
          <Text c="dimmed">{texts.preview.nothing}</Text>
        ) : (
          <>
            <JsonBlock label={texts.preview.code} value={write(shown, path)} wrap maxHeight={420} />
            <Text size="sm" c="dimmed">
              {sealed ? texts.preview.sealed(host) : texts.preview.about}
            </Text>
          </>
        )}
      </Stack>
    </Paper>
  );
}

function write(shown: Preview, path: string): string {
  return [
    `${shown.method} ${path}`,
    texts.preview.key,
    JSON.stringify(shown.body, null, 2),
    ...(shown.unset.length === 0 ? [] : [texts.preview.unset, `# ${shown.unset.join(", ")}`]),
  ].join("\n");
}
