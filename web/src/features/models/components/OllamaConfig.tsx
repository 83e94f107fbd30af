import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "@/shared/workspace";
import { serversQuery } from "../api";
import { texts } from "../texts";
import { BaseUrlField } from "./BaseUrlField";
import type { ProviderConfigProps } from "./ProviderConfig";

/** A local Ollama: servers that were found, and where else it may be. It takes no key. */
export function OllamaConfig({ provider, values, problems, onChange }: ProviderConfigProps) {
  const { client } = useWorkspace();
  const servers = useQuery(serversQuery(client, provider.name));
  return (
    <Stack>
      {servers.isPending ? (
        <Text component="output" c="dimmed">
          {texts.key.searching}
        </Text>
      ) : null}
      {servers.data?.map((server) => (
        <Alert key={server.baseUrl} variant="outline" color="accent">
          <Group justify="space-between">
            <Text>{texts.key.found(server.baseUrl, server.models.length)}</Text>
            <Button variant="default" onClick={() => onChange({ baseUrl: server.baseUrl })} disabled={values.baseUrl === server.baseUrl}>
              {texts.key.take}
            </Button>
          </Group>
        </Alert>
      ))}
      {servers.data?.length === 0 ? (
        <Text size="sm" c="dimmed">
          {texts.key.notFound}
        </Text>
      ) : null}
      <BaseUrlField provider={provider} value={values.baseUrl} error={problems["baseUrl"]} onChange={(baseUrl) => onChange({ baseUrl })} />
    </Stack>
  );
}
