import { Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState } from "react";
import { subjectsQuery } from "@/shared/subjects/subjects";
import { useWorkspace } from "@/shared/workspace";
import { type AuditSearch, OUTCOMES, TARGETS } from "../search";
import { texts } from "../texts";

const words = texts.filters;
const TYPING_MS = 350;

/** Which events are shown. All of it stands in the address. */
export function AuditFilters({ search, onSearch }: { search: AuditSearch; onSearch: (next: AuditSearch) => void }) {
  const { client, id } = useWorkspace();
  const people = useQuery(subjectsQuery(client, id, "user"));
  const [action, setAction] = useState(search.action ?? "");
  const ask = useDebouncedCallback((next: string) => onSearch({ ...search, action: next.trim() || undefined }), TYPING_MS);
  return (
    <Group gap="xs" mb="sm">
      <TextInput
        size="xs"
        w={200}
        leftSection={<Search size={14} aria-hidden />}
        aria-label={words.actionLabel}
        placeholder={words.action}
        value={action}
        onChange={(event) => {
          setAction(event.currentTarget.value);
          ask(event.currentTarget.value);
        }}
      />
      <Select size="xs" w={150} aria-label={words.target} placeholder={words.anyTarget} data={[...TARGETS]} value={search.target ?? null} onChange={(target) => onSearch({ ...search, target: target ?? undefined })} clearable searchable />
      <Select size="xs" w={190} aria-label={words.actor} placeholder={words.anyActor} data={people.data ?? []} value={search.actor ?? null} onChange={(actor) => onSearch({ ...search, actor: actor ?? undefined })} clearable searchable />
      <Select
        size="xs"
        w={150}
        aria-label={words.outcome}
        placeholder={words.anyOutcome}
        data={OUTCOMES.map((value) => ({ value, label: texts.outcomes[value] }))}
        value={search.outcome ?? null}
        onChange={(outcome) => onSearch({ ...search, outcome: OUTCOMES.find((each) => each === outcome) })}
        clearable
      />
    </Group>
  );
}
