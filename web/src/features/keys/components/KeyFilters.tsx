import { Group, Select, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { type KeySearch, STATES } from "../rows";
import { texts } from "../texts";

/** Which keys are shown. All of it stands in the address. */
export function KeyFilters({ search, onSearch }: { search: KeySearch; onSearch: (next: KeySearch) => void }) {
  return (
    <Group gap="xs" mb="sm">
      <TextInput
        size="xs"
        w={220}
        leftSection={<Search size={14} aria-hidden />}
        aria-label={texts.filters.search}
        placeholder={texts.filters.search}
        value={search.q ?? ""}
        onChange={(event) => onSearch({ ...search, q: event.currentTarget.value || undefined })}
      />
      <Select
        size="xs"
        w={150}
        aria-label={texts.filters.state}
        placeholder={texts.filters.any}
        data={STATES.map((state) => ({ value: state, label: texts.states[state] }))}
        value={search.state ?? null}
        onChange={(state) => onSearch({ ...search, state: STATES.find((each) => each === state) })}
        clearable
      />
    </Group>
  );
}
