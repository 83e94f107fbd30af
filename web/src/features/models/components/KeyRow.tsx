import { Box, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ago } from "@/shared/format/time";
import type { Configuration, Provider } from "../api";
import { texts } from "../texts";
import { RotateKey } from "./RotateKey";

/** What is known of the stored key, and a way to replace it. The key itself is shown nowhere. */
export function KeyRow({ configuration, provider, mayChange }: { configuration: Configuration; provider: Provider; mayChange: boolean }) {
  const [rotating, { open, close }] = useDisclosure(false);
  const about = configuration.apiKeyInfo;
  if (!provider.acceptsApiKey) return null;
  return (
    <Group justify="space-between" align="flex-end">
      <Box>
        <Text fw={500} size="sm">
          {texts.settings.key}
        </Text>
        <Text className="mono">{configuration.apiKey ?? (configuration.borrows ? texts.list.borrowed : texts.list.noKey)}</Text>
        {about === null ? null : (
          <Text size="sm" c="dimmed">
            {texts.settings.keyAbout(ago(about.addedAt), about.lastUsedAt === null ? texts.settings.unused : texts.settings.used(ago(about.lastUsedAt)))}
          </Text>
        )}
      </Box>
      <Button variant="default" onClick={open} disabled={!mayChange}>
        {texts.settings.rotate}
      </Button>
      {rotating ? <RotateKey configuration={configuration} provider={provider} onClose={close} /> : null}
    </Group>
  );
}
