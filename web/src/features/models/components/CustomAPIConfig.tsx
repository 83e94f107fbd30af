import { Stack } from "@mantine/core";
import { BaseUrlField } from "./BaseUrlField";
import { ConnectionSettings } from "./ConnectionSettings";
import { KeyField } from "./KeyField";
import type { ProviderConfigProps } from "./ProviderConfig";

/** Any server whose address is the user's own: the address first, then a key if it wants one, and headers. */
export function CustomAPIConfig({ provider, providers, values, problems, onChange, onProvider }: ProviderConfigProps) {
  return (
    <Stack>
      <BaseUrlField provider={provider} value={values.baseUrl} error={problems["baseUrl"]} onChange={(baseUrl) => onChange({ baseUrl })} />
      <KeyField provider={provider} providers={providers} value={values.key} error={problems["apiKey"]} onChange={(key) => onChange({ key })} onProvider={onProvider} />
      <ConnectionSettings provider={provider.name} value={values.configuration} onChange={(configuration) => onChange({ configuration })} />
    </Stack>
  );
}
