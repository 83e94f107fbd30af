import { Box, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { usePageTitle } from "@/shared/pageTitle";
import { useMayChange } from "@/shared/subjects/useMayChange";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { useWorkspace } from "@/shared/workspace";
import { configurationQuery, experimentQuery, versionsQuery } from "../api";
import { Difference } from "../components/Difference";
import { ExperimentActions } from "../components/ExperimentActions";
import classes from "../components/experiments.module.css";
import { Guardrails } from "../components/Guardrails";
import { RampPlan } from "../components/RampPlan";
import { Verdict } from "../components/Verdict";
import { Versions } from "../components/Versions";
import { texts } from "../texts";

/** One experiment: verdict, versions with their shares, the difference over time, guardrails and ramp. */
export function ExperimentPage({ configId }: { configId: string }) {
  const { client, id } = useWorkspace();
  const configuration = useQuery(configurationQuery(client, id, configId));
  const experiment = useQuery(experimentQuery(client, id, configId));
  const versions = useQuery(versionsQuery(client, id, configId));
  const may = useMayChange(configuration.data);
  const name = configuration.data?.name ?? texts.title;
  usePageTitle(name);
  return (
    <Loaded query={experiment} skeleton={<ListSkeleton rows={6} label={texts.loading} />}>
      {(told) => (
        <>
          <Group justify="space-between" align="flex-start" mb="md">
            <Group gap="sm">
              <ProviderMark provider={configuration.data?.provider ?? ""} />
              <Box>
                <Title order={1}>{name}</Title>
                <Text className="mono" c="dimmed">
                  {configuration.data?.model} · {texts.states[told.state].toLowerCase()}
                </Text>
              </Box>
            </Group>
            <Group gap="xs">
              <ExperimentActions experiment={told} may={may} />
            </Group>
          </Group>
          <Verdict experiment={told} />
          <Loaded query={versions} skeleton={null}>
            {(list) => <Versions experiment={told} versions={list} may={may} />}
          </Loaded>
          <div className={classes.grid}>
            <Difference experiment={told} />
            <Stack gap="md">
              <Guardrails experiment={told} may={may} />
              <RampPlan experiment={told} may={may} />
            </Stack>
          </div>
        </>
      )}
    </Loaded>
  );
}
