import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PageHeader } from "@/shared/ui/PageHeader";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { configurationsQuery, healthQuery, weekQuery } from "../api";
import { ConfigurationFilters } from "../components/ConfigurationFilters";
import { ConfigurationList } from "../components/ConfigurationList";
import { EmptyConfigurations } from "../components/EmptyConfigurations";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { type ConfigurationSearch, rowsOf, select } from "../rows";

/** All configurations: name, model, health, key, traffic, cost, errors. */
export function ConfigurationsPage({
  search,
  onSearch,
  userId,
}: {
  search: ConfigurationSearch;
  onSearch: (next: ConfigurationSearch) => void;
  userId: string;
}) {
  const { client, id } = useWorkspace();
  const configurations = useQuery(configurationsQuery(client, id));
  const health = useQuery(healthQuery(client, id));
  const week = useQuery(weekQuery(client, id));
  const rows = rowsOf(configurations.data ?? [], health.data, week.data);
  const shown = select(rows, search, userId);
  return (
    <>
      <PageHeader title="Configurations" about="A name that programs call, the model behind it, and the key that opens it." />
      {configurations.error ? (
        <Problem error={configurations.error} retry={() => void configurations.refetch()} />
      ) : configurations.isPending ? (
        <ListSkeleton rows={5} label="Loading configurations" />
      ) : rows.length === 0 ? (
        <EmptyConfigurations />
      ) : (
        <>
          <ConfigurationFilters rows={rows} userId={userId} search={search} onSearch={onSearch} />
          <ConfigurationList rows={shown} search={search} onSearch={onSearch} />
          <Text c="dimmed" size="sm" mt="xs">
            Calls, cost and errors are yours, of the last 7 days.
          </Text>
        </>
      )}
    </>
  );
}
