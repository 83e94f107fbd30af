import { Stack, Title } from "@mantine/core";
import type { Provider } from "../api";
import type { DraftValues } from "../draft";
import { texts } from "../texts";
import { CustomAPIConfig } from "./CustomAPIConfig";
import { GeminiConfig } from "./GeminiConfig";
import { OllamaConfig } from "./OllamaConfig";
import { OpenAIConfig } from "./OpenAIConfig";

/** What each provider's form of key and address gets. */
export interface ProviderConfigProps {
  provider: Provider;
  providers: Provider[];
  values: DraftValues;
  problems: Record<string, string>;
  onChange: (change: Partial<DraftValues>) => void;
  onProvider: (provider: Provider) => void;
}

/** The form of a provider: its key, its address, and what else its connection needs. */
export function ProviderConfig(props: ProviderConfigProps) {
  const { provider } = props;
  const Form = provider.name === "ollama" ? OllamaConfig : provider.name === "gemini" ? GeminiConfig : provider.requiresBaseUrl ? CustomAPIConfig : OpenAIConfig;
  return (
    <Stack p="md">
      <Title order={2}>{provider.acceptsApiKey ? texts.key.title(provider.displayName) : texts.key.titleAddress(provider.displayName)}</Title>
      <Form {...props} />
    </Stack>
  );
}
