import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { ago } from "@/shared/format/time";
import { useMayChange } from "@/shared/subjects/useMayChange";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { PageHeader } from "@/shared/ui/PageHeader";
import { PageTabs } from "@/shared/ui/PageTabs";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { useMay } from "@/shared/workspace";
import type { Configuration } from "../api";
import { ConnectionTester } from "../components/ConnectionTester";
import { DeleteConfiguration } from "../components/DeleteConfiguration";
import { LinkCard } from "../components/LinkCard";
import { ConfigurationHistory } from "../components/ConfigurationHistory";
import { SettingsForm } from "../components/SettingsForm";
import { UsageDisplay } from "../components/UsageDisplay";
import { useConfiguration, useTestConnection } from "../hooks";
import { useModelStore, useProviderStore } from "../stores";
import { texts } from "../texts";

/** One configuration: its settings, experiment, usage, requests and history. */
export function ConfigurationPage({ configurationId }: { configurationId: string }) {
  const configuration = useConfiguration(configurationId);
  return (
    <Loaded query={configuration} skeleton={<ListSkeleton rows={6} label={texts.page.loading} />}>
      {(data) => <Shown configuration={data} />}
    </Loaded>
  );
}

function Shown({ configuration }: { configuration: Configuration }) {
  const navigate = useNavigate();
  const mayTest = useMay("configurations.test");
  const mayChange = useMayChange(configuration);
  const [deleting, { open, close }] = useDisclosure(false);
  const testing = useTestConnection();
  const { testResults } = useModelStore(configuration.id);
  const { supportedProviders } = useProviderStore();
  const provider = supportedProviders.find((each) => each.name === configuration.provider);
  const tested = testResults[configuration.id];
  const filter = { configurationId: configuration.id };
  return (
    <>
      <PageHeader
        title={configuration.name}
        about={[provider?.displayName, configuration.model, configuration.shared ? texts.page.shared : texts.page.private, texts.page.by(ago(configuration.createdAt))].filter(Boolean).join(" · ")}
        badge={<DeclaredBadge section="configurations" thing={configuration} />}
        actions={
          <>
            {mayTest ? (
              <Button variant="default" loading={testing.isPending} onClick={() => testing.mutate(configuration.id)}>
                {texts.page.test}
              </Button>
            ) : null}
            {mayChange ? (
              <Button variant="default" c="var(--tl-bad)" onClick={open}>
                {texts.page.delete}
              </Button>
            ) : null}
          </>
        }
      />
      {testing.isPending || tested !== undefined ? (
        <Stack mb="md" maw={720}>
          <ConnectionTester
            provider={configuration.provider}
            title={texts.test.title(configuration.name)}
            about={tested === undefined ? (configuration.model ?? "") : texts.test.last(ago(tested.testedAt))}
            stages={testing.isPending ? [] : (tested?.stages ?? [])}
            running={testing.isPending}
            onTest={() => testing.mutate(configuration.id)}
          />
        </Stack>
      ) : null}
      <PageTabs
        label={texts.page.label}
        tabs={[
          {
            value: "settings",
            label: texts.page.tabs.settings,
            stay: true,
            panel: provider === undefined ? null : <SettingsForm configuration={configuration} provider={provider} mayChange={mayChange} />,
          },
          {
            value: "experiment",
            label: texts.page.tabs.experiment,
            panel: <LinkCard to={`/experiments/${configuration.id}`} title={texts.page.experiment} about={texts.page.experimentAbout} />,
          },
          {
            value: "usage",
            label: texts.page.tabs.usage,
            panel: (
              <Stack>
                <UsageDisplay configurationId={configuration.id} />
                <LinkCard to="/usage" search={filter} title={texts.page.usage} about={texts.page.usageAbout} />
              </Stack>
            ),
          },
          { value: "requests", label: texts.page.tabs.requests, panel: <LinkCard to="/requests" search={filter} title={texts.page.requests} about={texts.page.requestsAbout} /> },
          { value: "history", label: texts.page.tabs.history, panel: <ConfigurationHistory configuration={configuration} mayChange={mayChange} /> },
        ]}
      />
      {deleting ? <DeleteConfiguration configuration={configuration} onClose={close} onDeleted={() => void navigate({ to: "/configurations", search: {} })} /> : null}
      <Group mt="md" gap="xs">
        <ProviderMark provider={configuration.provider} size={18} />
        <Text className="mono" c="dimmed">
          {configuration.id}
        </Text>
      </Group>
    </>
  );
}
