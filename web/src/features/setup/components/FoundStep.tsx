import { Button, Center, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "@/shared/ui/Badge";
import { Problem } from "@/shared/ui/Problem";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { SnippetTabs } from "@/shared/ui/SnippetTabs";
import { discoveriesQuery, makeKey } from "../api";
import { texts } from "../texts";
import { DiscoveryCard } from "./DiscoveryCard";

const DEMO = "demo";

/** The second half of the first run: what can be used at once, and the first call. */
export function FoundStep({ done }: { done: (start: { model: string; prompt: string }) => void }) {
  const discoveries = useQuery(discoveriesQuery);
  // Made once, also where the component is shown again.
  const key = useQuery({ queryKey: ["first-key"], queryFn: makeKey, staleTime: Number.POSITIVE_INFINITY, retry: false });
  const [model, setModel] = useState(DEMO);
  const found = discoveries.data ?? [];
  return (
    <Center mih="100dvh" p="md">
      <Stack w="min(620px, 100%)" component="main" gap="lg">
        <div>
          <Title order={1}>{texts.found.title}</Title>
          <Text c="dimmed">{discoveries.isSuccess && found.length === 0 ? texts.found.nothing : texts.found.about}</Text>
        </div>
        <Stack gap="xs">
          {discoveries.error ? <Problem error={discoveries.error} retry={() => void discoveries.refetch()} /> : null}
          {found.map((each) => (
            <DiscoveryCard key={each.provider} found={each} onTaken={setModel} />
          ))}
          <Paper withBorder p="sm">
            <Group justify="space-between" wrap="nowrap">
              <Group gap="sm" wrap="nowrap">
                <ProviderMark provider={DEMO} />
                <div>
                  <Text fw={550}>{texts.found.demo}</Text>
                  <Text size="sm" c="dimmed">
                    {texts.found.demoAbout}
                  </Text>
                </div>
              </Group>
              <Badge tone="good">{texts.found.ready}</Badge>
            </Group>
          </Paper>
        </Stack>
        <section aria-label={texts.key.title}>
          <Title order={2}>{texts.key.title}</Title>
          <Text c="dimmed" mb="xs">
            {texts.key.about}
          </Text>
          {key.error ? <Problem error={key.error} retry={() => void key.refetch()} /> : null}
          <SnippetTabs
            sent={{
              method: "POST",
              path: "/v1/chat/completions",
              body: { model, messages: [{ role: "user", content: texts.key.prompt }] },
              apiKey: key.data,
            }}
          />
        </section>
        <Button onClick={() => done({ model, prompt: texts.key.prompt })} w="fit-content">
          {texts.go}
        </Button>
      </Stack>
    </Center>
  );
}
