import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { RefreshCw, Search } from "lucide-react";
import { useState } from "react";
import { describe } from "@/shared/api/problem";
import { count } from "@/shared/format/quantity";
import { ago } from "@/shared/format/time";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import type { ModelList } from "../api";
import { searchModels } from "../modelFacts";
import { texts } from "../texts";
import { ModelOptions } from "./ModelOptions";

/** The models that a key may use, with price, context, abilities and date. Any id that is typed works, too. */
export function ModelChoice({ list, chosen, onChoose }: { list: UseQueryResult<ModelList>; chosen: string; onChoose: (model: string) => void }) {
  const [search, setSearch] = useState("");
  const typed = search.trim();
  const models = list.data?.models ?? [];
  const found = searchModels(models, typed);
  const known = models.some((model) => model.id === typed);
  return (
    <Stack gap="sm">
      <TextInput
        leftSection={<Search size={14} aria-hidden />}
        aria-label={texts.model.search}
        placeholder={texts.model.search}
        value={search}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || typed === "") return;
          event.preventDefault();
          onChoose(found.length === 1 ? (found[0]?.id ?? typed) : typed);
        }}
      />
      {typed !== "" && !known ? (
        <Group gap="xs">
          <Button variant="default" onClick={() => onChoose(typed)}>
            {texts.model.use(typed)}
          </Button>
          <Text size="sm" c="dimmed">
            {texts.model.typed}
          </Text>
        </Group>
      ) : null}
      {list.isPending ? <ListSkeleton rows={5} label={texts.model.loading} /> : null}
      {list.error ? <Text c="var(--tl-bad)">{texts.model.problem(describe(list.error).what)}</Text> : null}
      {list.data === undefined ? null : (
        <>
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {list.data.source === "live" ? texts.model.source.live(count(models.length), ago(list.data.fetchedAt ?? "")) : texts.model.source.catalogue}
            </Text>
            <Button size="compact-sm" variant="default" leftSection={<RefreshCw size={12} aria-hidden />} loading={list.isFetching} onClick={() => void list.refetch()}>
              {texts.model.refresh}
            </Button>
          </Group>
          {models.length === 0 ? (
            <Text c="dimmed">{texts.model.empty}</Text>
          ) : found.length === 0 ? (
            <Text c="dimmed">{texts.model.none}</Text>
          ) : (
            <ModelOptions models={found} chosen={chosen} onChoose={onChoose} />
          )}
        </>
      )}
    </Stack>
  );
}
