import { Accordion, Stack } from "@mantine/core";
import { texts } from "../texts";
import { BaseUrlField } from "./BaseUrlField";
import { KeyField } from "./KeyField";
import type { ProviderConfigProps } from "./ProviderConfig";

/** Google's Gemini: a key of AI Studio, and an address only where a proxy stands in front of it. */
export function GeminiConfig({ provider, providers, values, problems, onChange, onProvider }: ProviderConfigProps) {
  return (
    <Stack>
      <KeyField provider={provider} providers={providers} value={values.key} error={problems["apiKey"]} onChange={(key) => onChange({ key })} onProvider={onProvider} />
      <Accordion variant="default" defaultValue={problems["baseUrl"] === undefined ? null : "more"}>
        <Accordion.Item value="more">
          <Accordion.Control>{texts.key.more}</Accordion.Control>
          <Accordion.Panel>
            <BaseUrlField provider={provider} value={values.baseUrl} error={problems["baseUrl"]} onChange={(baseUrl) => onChange({ baseUrl })} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}
