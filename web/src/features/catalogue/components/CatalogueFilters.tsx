import { Group, Select, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { NumberField } from "@/shared/ui/NumberField";
import type { CatalogueSearch } from "../entries";
import { texts } from "../texts";

/** Which models are shown. All of it stands in the address. */
export function CatalogueFilters({
  providers,
  abilities,
  search,
  onSearch,
}: {
  providers: { value: string; label: string }[];
  abilities: string[];
  search: CatalogueSearch;
  onSearch: (next: CatalogueSearch) => void;
}) {
  const change = (next: CatalogueSearch) => onSearch({ ...search, ...next });
  return (
    <Group gap="xs" mb="sm">
      <TextInput
        size="xs"
        w={220}
        leftSection={<Search size={14} aria-hidden />}
        aria-label={texts.search}
        placeholder={texts.search}
        value={search.q ?? ""}
        onChange={(event) => change({ q: event.currentTarget.value || undefined })}
      />
      <Select size="xs" w={150} aria-label={texts.providerLabel} placeholder={texts.provider} data={providers} value={search.provider ?? null} onChange={(provider) => change({ provider: provider ?? undefined })} clearable />
      <Select size="xs" w={150} aria-label={texts.abilityLabel} placeholder={texts.ability} data={abilities} value={search.ability ?? null} onChange={(ability) => change({ ability: ability ?? undefined })} clearable />
      <NumberField size="xs" w={160} hideControls min={0} aria-label={texts.price} placeholder={texts.price} value={search.maxPrice} onChange={(value) => change({ maxPrice: value ?? undefined })} />
      <NumberField size="xs" w={160} hideControls min={0} thousandSeparator="," aria-label={texts.context} placeholder={texts.context} value={search.minContext} onChange={(value) => change({ minContext: value ?? undefined })} />
    </Group>
  );
}
