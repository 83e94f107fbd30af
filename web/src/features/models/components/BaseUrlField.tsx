import { Button, Group, Text, TextInput } from "@mantine/core";
import type { Provider } from "../api";
import { containerAddress, schemeFor } from "../stages";
import { texts } from "../texts";

const BARE_HOST = /^[\w.-]+(:\d+)?(\/|$)/;

/** A provider's address, with what helps where it is half typed or inside a container. */
export function BaseUrlField({ provider, value, error, onChange }: { provider: Provider; value: string; error?: string | undefined; onChange: (baseUrl: string) => void }) {
  const inside = containerAddress(value);
  const bare = !value.includes("://") && BARE_HOST.test(value.trim());
  return (
    <div>
      <TextInput
        label={provider.requiresBaseUrl ? texts.key.baseUrl : texts.key.baseUrlOther}
        description={provider.baseUrl !== null && !provider.requiresBaseUrl ? texts.key.baseUrlHint(provider.baseUrl) : undefined}
        placeholder={provider.baseUrl ?? "https://models.example.com/v1"}
        value={value}
        error={error}
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
        onBlur={() => onChange(value.trim())}
      />
      {bare ? (
        <Button size="compact-sm" variant="default" mt={6} onClick={() => onChange(`${schemeFor(value)}${value.trim()}`)}>
          {texts.key.scheme(schemeFor(value))}
        </Button>
      ) : null}
      {inside !== null && provider.requiresBaseUrl ? (
        <Group gap="xs" mt={6}>
          <Text size="sm" c="dimmed">
            {texts.key.container(inside)}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => onChange(inside)}>
            {texts.key.take}
          </Button>
        </Group>
      ) : null}
    </div>
  );
}
