import { Alert, Button, Group, SimpleGrid, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { Search } from "lucide-react";
import { useState } from "react";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import type { Provider } from "../api";
import { cleanKey, proposeProvider } from "../keys";
import { byKind } from "../providerKinds";
import { texts } from "../texts";
import classes from "./ProviderSelection.module.css";

/** All providers as cards by kind, and a place for a key that says whose it is. `onChoose` gets the key, too. */
export function ProviderSelection({
  providers,
  chosen,
  onChoose,
}: {
  providers: Provider[];
  chosen: string;
  onChoose: (provider: Provider, key?: string) => void;
}) {
  const [search, setSearch] = useState("");
  const [pasted, setPasted] = useState("");
  const key = cleanKey(pasted);
  const proposed = proposeProvider(key, providers);
  const found = byKind(providers, search);
  return (
    <Stack p="md">
      <Title order={2}>{texts.provider.title}</Title>
      <PasswordInput
        label={texts.provider.paste}
        value={pasted}
        autoComplete="off"
        onChange={(event) => setPasted(event.currentTarget.value)}
        description={key !== "" && proposed === undefined ? texts.provider.unknown : undefined}
      />
      {proposed === undefined ? null : (
        <Alert variant="outline" color="accent">
          <Group justify="space-between">
            <Group gap="xs">
              <ProviderMark provider={proposed.name} />
              <Text>{texts.provider.proposed(proposed.displayName)}</Text>
            </Group>
            <Button onClick={() => onChoose(proposed, key)}>{texts.key.use(proposed.displayName)}</Button>
          </Group>
        </Alert>
      )}
      <TextInput
        leftSection={<Search size={14} aria-hidden />}
        aria-label={texts.provider.search}
        placeholder={texts.provider.search}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {found.length === 0 ? <Text c="dimmed">{texts.provider.none}</Text> : null}
      {found.map(([kind, some]) => (
        <section key={kind} aria-label={texts.provider.kinds[kind]}>
          <Text size="sm" c="dimmed" mb={6}>
            {texts.provider.kinds[kind]}
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs">
            {some.map((provider) => (
              <UnstyledButton
                key={provider.name}
                className={classes.card}
                aria-pressed={provider.name === chosen}
                onClick={() => onChoose(provider, key === "" ? undefined : key)}
              >
                <ProviderMark provider={provider.name} />
                <span>
                  <Text span fw={550} display="block">
                    {provider.displayName}
                  </Text>
                  {provider.name === "custom" || provider.name === "demo" ? (
                    <Text span size="sm" c="dimmed">
                      {texts.provider[provider.name]}
                    </Text>
                  ) : null}
                </span>
              </UnstyledButton>
            ))}
          </SimpleGrid>
        </section>
      ))}
    </Stack>
  );
}
