import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { CallFilters } from "@/shared/calls/CallFilters";
import { filtersOf, queryOf } from "@/shared/calls/search";
import { useRange } from "@/shared/range";
import { Choices } from "@/shared/ui/Choices";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { notifyFailed } from "@/shared/ui/notify";
import { PageHeader } from "@/shared/ui/PageHeader";
import { RangePicker } from "@/shared/ui/RangePicker";
import { useWorkspace } from "@/shared/workspace";
import { exportFigures, figuresQuery, providersQuery, revisionsQuery } from "../api";
import { UsageCards } from "../components/UsageCards";
import { UsageCharts } from "../components/UsageCharts";
import { UsageTable } from "../components/UsageTable";
import { DIMENSIONS, type Dimension, type UsageSearch } from "../search";
import { grainOf, spanOf } from "../span";
import { texts } from "../texts";

const CHOICES = (Object.keys(DIMENSIONS) as Dimension[]).map((each) => [each, texts.dimensions[each]] as const);

/** What was used and what it cost: over time and by anything. Every figure opens its requests. */
export function UsagePage({ search, onSearch }: { search: UsageSearch; onSearch: (next: UsageSearch) => void }) {
  const { client, id } = useWorkspace();
  const [range, setRange] = useRange();
  const asked = spanOf(range);
  const grain = grainOf(asked);
  const by = search.by ?? "configuration";
  const filters = filtersOf(search);
  const query = queryOf(search);
  const figures = useQuery(figuresQuery(client, id, { ...query, ...asked, by, compare: "previous", percentiles: true }));
  const series = useQuery(figuresQuery(client, id, { ...query, ...asked, by: "provider", interval: grain.interval }));
  // Charts of a week have hundreds of parts: they are drawn in pieces, as what `Loaded` shows.
  const drawn = useDeferredValue(series.data);
  const providers = useQuery(providersQuery(client, id));
  const revisions = useQuery(revisionsQuery(client, id, search.configurationId));
  const exporting = useMutation({ mutationFn: () => exportFigures(client, { ...query, ...asked, by }), onError: notifyFailed });
  const marked = (revisions.data ?? []).slice(0, -1).map((each) => ({ at: each.time, label: texts.revision(each.number) }));
  const markOf = (key: string) => (by === "provider" ? key : by === "configuration" ? providers.data?.get(key) : undefined);
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          <>
            <Button variant="default" loading={exporting.isPending} onClick={() => exporting.mutate()}>
              {texts.export}
            </Button>
            <RangePicker value={range} onChange={setRange} />
          </>
        }
      />
      <Group gap="xs" mb="md">
        <Choices label={texts.filters} choices={CHOICES} value={by} onChange={(next) => onSearch({ ...search, by: next })} />
        <CallFilters search={filters} onSearch={(next) => onSearch({ ...search, ...next })} />
      </Group>
      <Loaded query={figures} skeleton={<ListSkeleton rows={6} label={texts.loading} />}>
        {(told) => {
          const span = { since: told.from ?? undefined, until: told.to ?? undefined };
          if (told.requests === 0) {
            return (
              <EmptyState title={texts.empty.title} command={'trunkline chat "Say hello."'}>
                {texts.empty.about}
              </EmptyState>
            );
          }
          return (
            <>
              {drawn === undefined ? null : (
                <>
                  <UsageCards figures={told} series={drawn} search={filters} span={span} />
                  <UsageCharts
                    series={drawn}
                    grain={grain}
                    measure={search.measure ?? "cost"}
                    search={filters}
                    revisions={marked}
                    onMeasure={(measure) => onSearch({ ...search, measure })}
                  />
                </>
              )}
              <UsageTable figures={told} by={by} search={filters} span={span} markOf={markOf} />
              <Text c="dimmed" size="sm" mt="xs">
                {by === "tag" ? `${texts.taggedTwice} ` : ""}
                {texts.latencies}
              </Text>
            </>
          );
        }}
      </Loaded>
    </>
  );
}
