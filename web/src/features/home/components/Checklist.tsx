import { Anchor, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ago } from "@/shared/format/time";
import { CopyButton } from "@/shared/ui/CopyButton";
import { Problem } from "@/shared/ui/Problem";
import { SnippetTabs } from "@/shared/ui/SnippetTabs";
import { useWorkspace } from "@/shared/workspace";
import { makeKey, type Steps } from "../api";
import { texts } from "../texts";
import { Step } from "./Step";

const words = texts.checklist;

/** What is left to do in a new workspace, with the first call of a program shown as it comes. */
export function Checklist({ steps }: { steps: Steps }) {
  const { client, id, may } = useWorkspace();
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: () => makeKey(client),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["steps", id] }),
  });
  return (
    <Paper withBorder p="lg" component="section" aria-label={words.title}>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <Stack gap="md">
        <Step title={words.provider.title} about={words.provider.about} done={steps.provider}>
          <Anchor component={Link} to="/configurations">
            {words.provider.action}
          </Anchor>
        </Step>
        <Step title={words.key.title} about={making.data === undefined ? words.key.about : words.key.made} done={steps.key && making.data === undefined}>
          {making.data !== undefined ? (
            <Group gap="xs" wrap="nowrap">
              <Text className="mono" truncate>
                {making.data}
              </Text>
              <CopyButton value={making.data} />
            </Group>
          ) : may.has("keys.create") ? (
            <Group>
              <Button variant="default" loading={making.isPending} onClick={() => making.mutate()}>
                {words.key.make}
              </Button>
            </Group>
          ) : null}
          {making.error ? <Problem error={making.error} /> : null}
        </Step>
        <Step title={words.call.title} about={words.call.about} done={steps.call !== null}>
          <SnippetTabs
            sent={{
              method: "POST",
              path: "/v1/chat/completions",
              body: { model: "default", messages: [{ role: "user", content: words.prompt }] },
              apiKey: making.data,
            }}
          />
          <Text c="dimmed" aria-live="polite">
            {steps.call === null ? words.call.waiting : words.call.came(steps.call.model, ago(steps.call.openedAt))}
          </Text>
        </Step>
      </Stack>
    </Paper>
  );
}
