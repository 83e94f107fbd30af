import { Button, Group, Select, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { count } from "@/shared/format/quantity";
import { wordFor } from "@/shared/health";
import { type ConfigurationSearch, type Row, select } from "../rows";
import { texts } from "../texts";
import classes from "./ConfigurationFilters.module.css";

/** Which of the configurations are shown. All of it stands in the address. */
export function ConfigurationFilters({
  rows,
  more,
  userId,
  search,
  onSearch,
}: {
  rows: Row[];
  /** More of them are still to come. */
  more: boolean;
  userId: string;
  search: ConfigurationSearch;
  onSearch: (next: ConfigurationSearch) => void;
}) {
  const change = (next: ConfigurationSearch) => onSearch({ ...search, ...next });
  const providers = [...new Set(rows.map((row) => row.configuration.provider))].toSorted();
  const states = [...new Set(rows.map((row) => row.state))];
  const kinds = [
    [texts.list.all, undefined],
    [texts.list.mine, "mine"],
    [texts.list.shared, "shared"],
  ] as const;
  return (
    <Group gap="xs">
      {kinds.map(([word, whose]) => (
        <Button
          key={word}
          size="xs"
          variant="default"
          className={classes.kind}
          aria-pressed={search.whose === whose}
          onClick={() => change({ whose })}
        >
          {word} {count(select(rows, { whose }, userId).length)}
          {more ? "+" : null}
        </Button>
      ))}
      <TextInput
        size="xs"
        w={220}
        leftSection={<Search size={14} aria-hidden />}
        aria-label={texts.list.search}
        placeholder={texts.list.search}
        value={search.q ?? ""}
        onChange={(event) => change({ q: event.currentTarget.value || undefined })}
      />
      <Select
        size="xs"
        w={150}
        aria-label={texts.list.provider}
        placeholder={texts.list.providerAny}
        data={providers}
        value={search.provider ?? null}
        onChange={(provider) => change({ provider: provider ?? undefined })}
        clearable
      />
      <Select
        size="xs"
        w={150}
        aria-label={texts.list.health}
        placeholder={texts.list.healthAny}
        data={states.map((state) => ({ value: state, label: wordFor(state).word }))}
        value={search.health ?? null}
        onChange={(health) => change({ health: health ?? undefined })}
        clearable
      />
    </Group>
  );
}
