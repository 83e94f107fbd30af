import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Chip } from "@/shared/ui/Chip";
import { useWorkspace } from "@/shared/workspace";
import { valuesQuery } from "./query";
import { type CallSearch, type FilterName, FILTERS, narrow } from "./search";
import { texts } from "./texts";

/** No key of a breakdown is this. */
const NONE = "\u0000none";

/** A filter: with a `value` a chip that says it by name, else a choice of those that occur. */
export function FilterChoice({
  name,
  value,
  search,
  onChoose,
  onClear,
}: {
  name: FilterName;
  value?: string | undefined;
  search?: CallSearch;
  onChoose?: (value: string, next?: CallSearch) => void;
  onClear: () => void;
}) {
  const { client, id } = useWorkspace();
  const values = useQuery(valuesQuery(client, id, name));
  const { label } = FILTERS[name];
  if (value !== undefined) {
    const called = values.data?.find((each) => each.key === value)?.name ?? value;
    return (
      <Chip onRemove={onClear}>
        {label}: {called}
      </Chip>
    );
  }
  const found = (values.data ?? []).map((each) => ({ value: each.key ?? NONE, label: each.key === null ? texts.none : (each.name ?? each.key) }));
  return (
    <Select
      size="xs"
      w={220}
      aria-label={label}
      placeholder={values.isPending ? texts.loading : texts.choose(label)}
      data={found}
      nothingFoundMessage={texts.nothing}
      searchable
      autoFocus
      defaultDropdownOpened
      onChange={(chosen) => {
        if (chosen === NONE) onChoose?.("", narrow(search ?? {}, name, null));
        else if (chosen !== null) onChoose?.(chosen);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClear();
      }}
    />
  );
}
