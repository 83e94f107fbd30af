import { Accordion, Stack } from "@mantine/core";
import { texts } from "../texts";
import { BaseUrlField } from "./BaseUrlField";
import { ConnectionSettings } from "./ConnectionSettings";
import { KeyField } from "./KeyField";
import type { ProviderConfigProps } from "./ProviderConfig";

/** OpenAI, and all others that have an address of their own and want a key: the key, and folded away what is needed rarely. */
export function OpenAIConfig({ provider, providers, values, problems, onChange, onProvider }: ProviderConfigProps) {
  // Where the address has places in it, such as a region, they are asked for at once.
  const placed = provider.baseUrl?.includes("{") ?? false;
  const settings = <ConnectionSettings provider={provider.name} value={values.configuration} onChange={(configuration) => onChange({ configuration })} />;
  return (
    <Stack>
      {provider.acceptsApiKey ? (
        <KeyField provider={provider} providers={providers} value={values.key} error={problems["apiKey"]} onChange={(key) => onChange({ key })} onProvider={onProvider} />
      ) : null}
      {placed ? settings : null}
      <Accordion variant="default" defaultValue={problems["baseUrl"] === undefined ? null : "more"}>
        <Accordion.Item value="more">
          <Accordion.Control>{texts.key.more}</Accordion.Control>
          <Accordion.Panel>
            <Stack>
              <BaseUrlField provider={provider} value={values.baseUrl} error={problems["baseUrl"]} onChange={(baseUrl) => onChange({ baseUrl })} />
              {placed ? null : settings}
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}
