import { Anchor, Button, Group, Text } from "@mantine/core";
import { ExternalLink } from "lucide-react";
import { CAN_SEAL } from "@/shared/api/sealing";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import type { Provider } from "../api";
import { cleanKey, otherOwner } from "../keys";
import { texts } from "../texts";

/** Where a provider's key is pasted: trimmed when it is left, and told apart by its beginning. It is never shown again. */
export function KeyField({
  provider,
  providers,
  label,
  value,
  error,
  onChange,
  onProvider,
}: {
  provider: Provider;
  providers: Provider[];
  label?: string;
  value: string;
  error?: string | undefined;
  onChange: (key: string) => void;
  onProvider?: (provider: Provider) => void;
}) {
  const owner = otherOwner(cleanKey(value), provider, providers);
  return (
    <div>
      <PasswordInput
        label={label ?? (provider.requiresApiKey ? texts.key.label(provider.displayName) : texts.key.optional)}
        value={value}
        error={error}
        autoComplete="off"
        spellCheck={false}
        placeholder={provider.keyPrefixes[0] === undefined ? "" : `${provider.keyPrefixes[0]}…`}
        onChange={(event) => onChange(event.currentTarget.value)}
        onBlur={() => onChange(cleanKey(value))}
        description={CAN_SEAL ? texts.key.sealed : texts.key.plain}
        inputWrapperOrder={["label", "input", "error", "description"]}
      />
      {owner !== undefined && onProvider !== undefined ? (
        <Group gap="xs" mt={6}>
          <Text component="output" size="sm">{texts.key.another(owner.displayName)}</Text>
          <Button size="compact-sm" variant="default" onClick={() => onProvider(owner)}>
            {texts.key.use(owner.displayName)}
          </Button>
        </Group>
      ) : null}
      {provider.keyUrl !== null && value === "" ? (
        <Anchor href={provider.keyUrl} target="_blank" rel="noopener noreferrer" size="sm" mt={6} display="inline-block">
          {texts.key.make} <ExternalLink size={12} aria-hidden />
        </Anchor>
      ) : null}
    </div>
  );
}
