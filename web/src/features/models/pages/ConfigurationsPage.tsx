import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { timeZone, zoneName } from "@/shared/format/zone";
import { bounds, useRange } from "@/shared/range";
import { mayBePart } from "@/shared/subjects/configurations";
import { texts as shared } from "@/shared/texts";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { PageHeader } from "@/shared/ui/PageHeader";
import { RangePicker } from "@/shared/ui/RangePicker";
import { useMay, useWorkspace } from "@/shared/workspace";
import { figuresQuery, healthQuery, splitsQuery } from "../api";
import { BulkBar } from "../components/BulkBar";
import { ConfigurationFilters } from "../components/ConfigurationFilters";
import { ConfigurationList } from "../components/ConfigurationList";
import { useConfigurations } from "../hooks";
import { type ConfigurationSearch, rowsOf, select } from "../rows";
import { useModelStore } from "../stores";
import { texts } from "../texts";

/** All configurations: name, model, health, key, traffic, cost, errors, and what can be done with several at once. */
export function ConfigurationsPage({ search, onSearch }: { search: ConfigurationSearch; onSearch: (next: ConfigurationSearch) => void }) {
  const { client, id, userId } = useWorkspace();
  const may = useMay("configurations.change");
  const [range, setRange] = useRange();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const configurations = useConfigurations();
  const health = useQuery(healthQuery(client, id));
  const interval = "preset" in range && (range.preset === "1h" || range.preset === "24h") ? "hour" : "day";
  const figures = useQuery(figuresQuery(client, id, { ...bounds(range), timeZone: timeZone(), interval }));
  const splits = useQuery({ ...splitsQuery(client, id), enabled: useMay("experiments.read") });
  const { testResults } = useModelStore();
  const period = `${"preset" in range ? shared.range.presets[range.preset].toLowerCase() : `${range.from} – ${range.to}`}, ${zoneName()}`;
  const create = (
    <Button component={Link} to="/configurations/new" leftSection={<Plus size={16} aria-hidden />}>
      {texts.list.new}
    </Button>
  );
  return (
    <>
      <PageHeader title={texts.list.title} about={texts.list.about} actions={may ? create : null} />
      <Loaded query={configurations} skeleton={<ListSkeleton rows={5} label={texts.list.loading} />}>
        {(all) => {
          if (all.length === 0) {
            return (
              <EmptyState title={texts.empty.title} command={texts.empty.command} actions={may ? create : null}>
                {texts.empty.about}
              </EmptyState>
            );
          }
          const rows = rowsOf(all, health.data, figures.data, splits.data);
          const shown = select(rows, search, userId);
          const span = { since: figures.data?.from ?? undefined, until: figures.data?.to ?? undefined };
          const more = configurations.isFetching && mayBePart(all.length);
          const selected = all.filter((each) => chosen.has(each.id));
          return (
            <>
              <Group justify="space-between" align="flex-start" mb="sm">
                <ConfigurationFilters rows={rows} more={more} userId={userId} search={search} onSearch={onSearch} />
                <RangePicker value={range} onChange={setRange} />
              </Group>
              {selected.length > 0 ? <BulkBar selected={selected} onClear={() => setChosen(new Set())} /> : null}
              <ConfigurationList rows={shown} span={span} search={search} onSearch={onSearch} tests={testResults} selectable={may} chosen={chosen} onChosen={setChosen} />
              <Text c="dimmed" size="sm" mt="xs">
                {texts.list.note(period)}
              </Text>
            </>
          );
        }}
      </Loaded>
    </>
  );
}
