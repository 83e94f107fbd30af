import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { PageHeader } from "@/shared/ui/PageHeader";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { statusQuery } from "../api";
import { StatusList } from "../components/StatusList";
import { useLiveStatus } from "../live";

/** How each provider and configuration is and was, as it happens. */
export function StatusPage() {
  const { client, id } = useWorkspace();
  const status = useQuery(statusQuery(client, id));
  useLiveStatus();
  return (
    <>
      <PageHeader title="Status" about="From your own traffic, and from checks of what is idle." />
      {status.error ? (
        <Problem error={status.error} retry={() => void status.refetch()} />
      ) : status.isPending ? (
        <ListSkeleton rows={5} label="Loading the status" />
      ) : (
        <Stack gap="lg">
          <StatusList
            title="Providers"
            rows={status.data.providers.map((each) => ({ ...each, key: each.provider, name: each.displayName, about: each.configurations === 1 ? "1 configuration" : `${each.configurations} configurations` }))}
          />
          <StatusList
            title="Configurations"
            rows={status.data.configurations.map((each) => ({ ...each, key: each.configurationId, about: each.model ?? "any model" }))}
          />
          {status.data.configurations.length === 0 ? <Text c="dimmed">There is no configuration yet.</Text> : null}
        </Stack>
      )}
    </>
  );
}
