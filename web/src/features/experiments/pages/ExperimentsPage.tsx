import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useUrlChoice } from "@/shared/search";
import { Choices } from "@/shared/ui/Choices";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { PageHeader } from "@/shared/ui/PageHeader";
import { useMay, useWorkspace } from "@/shared/workspace";
import { experimentsQuery } from "../api";
import { ExperimentList } from "../components/ExperimentList";
import { NewExperiment } from "../components/NewExperiment";
import { texts } from "../texts";

const STATES = ["all", "running", "idle", "shipped", "reverted"] as const;

/** All experiments, or those that stand so. */
export function ExperimentsPage() {
  const { client, id } = useWorkspace();
  const may = useMay("configurations.change");
  const navigate = useNavigate();
  const [state, setState] = useUrlChoice("state", STATES, "all");
  const [starting, { open, close }] = useDisclosure(false);
  const experiments = useQuery(experimentsQuery(client, id, state === "all" ? undefined : state));
  const start = may ? (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
      {texts.start}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} actions={start} />
      <Group mb="md">
        <Choices label={texts.state} choices={STATES.map((each) => [each, texts.states[each]] as const)} value={state} onChange={setState} />
      </Group>
      <Loaded query={experiments} skeleton={<ListSkeleton rows={4} label={texts.loading} />}>
        {(found) =>
          found.length > 0 ? (
            <ExperimentList experiments={found} />
          ) : state === "all" ? (
            <EmptyState title={texts.empty.title}>{texts.empty.about}</EmptyState>
          ) : (
            <Text c="dimmed">{texts.none}</Text>
          )
        }
      </Loaded>
      {starting ? <NewExperiment onClose={close} done={(configId) => void navigate({ to: "/experiments/$configId", params: { configId } })} /> : null}
    </>
  );
}
