import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { count } from "@/shared/format/quantity";
import { useProviderNames } from "@/shared/providers";
import { type ConfigurationName, namesQuery } from "@/shared/subjects/configurations";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { PageHeader } from "@/shared/ui/PageHeader";
import { useWorkspace } from "@/shared/workspace";
import { type ModelList, providerModelsQuery } from "../api";
import { CatalogueFilters } from "../components/CatalogueFilters";
import { CatalogueTable } from "../components/CatalogueTable";
import { CompareModels } from "../components/CompareModels";
import { WithdrawnModels } from "../components/WithdrawnModels";
import { abilitiesOf, type CatalogueSearch, entriesOf, find, suspectsOf } from "../entries";
import { texts } from "../texts";

interface PageProps {
  search: CatalogueSearch;
  onSearch: (next: CatalogueSearch) => void;
}

/** All models of all configured providers: what they can do, what they cost, and a way to use each. */
export function CataloguePage(props: PageProps) {
  const { client, id } = useWorkspace();
  const configurations = useQuery(namesQuery(client, id));
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} />
      <Loaded query={configurations} skeleton={<ListSkeleton rows={8} label={texts.loading} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState
              title={texts.empty.title}
              actions={
                <Button component={Link} {...({ to: "/configurations/new" } as object)}>
                  {texts.empty.action}
                </Button>
              }
            >
              {texts.empty.about}
            </EmptyState>
          ) : (
            <Shown configurations={all} {...props} />
          )
        }
      </Loaded>
    </>
  );
}

const together = (results: UseQueryResult<ModelList>[]) => ({
  lists: results.flatMap((result) => (result.data === undefined ? [] : [result.data])),
  waiting: results.some((result) => result.isPending),
});

function Shown({ configurations, search, onSearch }: PageProps & { configurations: ConfigurationName[] }) {
  const { client, id } = useWorkspace();
  const [comparing, { open, close }] = useDisclosure(false);
  const nameOf = useProviderNames();
  const providers = useMemo(() => [...new Set(configurations.map((each) => each.provider))].toSorted(), [configurations]);
  const { lists, waiting } = useQueries({ queries: providers.map((provider) => providerModelsQuery(client, id, provider)), combine: together });
  const suspects = useMemo(() => suspectsOf(lists, configurations), [lists, configurations]);
  const entries = useMemo(() => entriesOf(lists, configurations), [lists, configurations]);
  const abilities = useMemo(() => [...new Set(entries.flatMap((entry) => abilitiesOf(entry.model)))].toSorted(), [entries]);
  const wanted = useDeferredValue(search);
  const found = useMemo(() => find(entries, wanted), [entries, wanted]);
  const compared = entries.filter((entry) => search.compare?.includes(entry.key));
  return (
    <>
      <CatalogueFilters providers={providers.map((value) => ({ value, label: nameOf(value) }))} abilities={abilities} search={search} onSearch={onSearch} />
      {lists
        .filter((list) => list.problem !== null)
        .map((list) => (
          <Text key={list.provider} size="sm" c="var(--tl-fair)" mb="xs">
            {texts.failed(nameOf(list.provider), list.problem ?? "")}
          </Text>
        ))}
      <WithdrawnModels suspects={suspects} />
      {entries.length === 0 && waiting ? <ListSkeleton rows={8} label={texts.loading} /> : <CatalogueTable entries={found} search={search} onSearch={onSearch} />}
      <Group justify="space-between" mt="xs">
        <Text size="sm" c="dimmed" component="output">
          {found.length === 0 && !waiting ? texts.none : texts.count(count(found.length), count(entries.length))} {compared.length === 0 ? texts.compareHint : ""}
        </Text>
        {compared.length > 0 ? (
          <Group gap="xs">
            <Button size="xs" variant="subtle" color="gray" onClick={() => onSearch({ ...search, compare: undefined })}>
              {texts.clear}
            </Button>
            <Button size="xs" variant="default" onClick={open} disabled={compared.length < 2}>
              {texts.compareNow(compared.length)}
            </Button>
          </Group>
        ) : null}
      </Group>
      {comparing ? <CompareModels entries={compared} onClose={close} /> : null}
    </>
  );
}
