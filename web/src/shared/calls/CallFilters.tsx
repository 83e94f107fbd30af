import { Button, Group, Menu } from "@mantine/core";
import { ListFilter } from "lucide-react";
import { useState } from "react";
import { Chip } from "@/shared/ui/Chip";
import { FilterChoice } from "./FilterChoice";
import { FilterWord } from "./FilterWord";
import { type CallSearch, FILTER_NAMES, type FilterName, FILTERS } from "./search";
import { texts } from "./texts";

const WORDS = ["requestId", "conversationId"] as const;
type Word = (typeof WORDS)[number];

/** Which calls are shown: a chip for each filter, and a menu of those that can be added. All of it stands in the address. */
export function CallFilters({ search, onSearch, words = false }: { search: CallSearch; onSearch: (next: CallSearch) => void; words?: boolean }) {
  const [choosing, setChoosing] = useState<FilterName | Word | null>(null);
  const change = (next: CallSearch) => {
    setChoosing(null);
    onSearch({ ...search, ...next });
  };
  return (
    <Group gap="xs">
      {FILTER_NAMES.map((name) =>
        search[name] === undefined ? null : (
          <FilterChoice key={name} name={name} value={search[name]} onClear={() => change({ [name]: undefined })} />
        ),
      )}
      {WORDS.map((name) =>
        search[name] === undefined ? null : (
          <Chip key={name} onRemove={() => change({ [name]: undefined })}>
            {texts.words[name]}: {search[name]}
          </Chip>
        ),
      )}
      {(search.without ?? []).map((lack) => (
        <Chip key={lack} onRemove={() => change({ without: search.without?.filter((each) => each !== lack) })}>
          {texts.without(lack)}
        </Chip>
      ))}
      {search.unpriced === undefined ? null : (
        <Chip onRemove={() => change({ unpriced: undefined })}>{search.unpriced ? texts.unpriced : texts.priced}</Chip>
      )}
      {choosing === null ? null : choosing in FILTERS ? (
        <FilterChoice
          name={choosing as FilterName}
          onChoose={(value, next) => change(next ?? { [choosing]: value })}
          onClear={() => setChoosing(null)}
          search={search}
        />
      ) : (
        <FilterWord label={texts.words[choosing as Word]} onChoose={(value) => change({ [choosing]: value })} onClear={() => setChoosing(null)} />
      )}
      <Menu position="bottom-start" returnFocus={false}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<ListFilter size={14} aria-hidden />}>
            {texts.add}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FILTER_NAMES.filter((name) => search[name] === undefined).map((name) => (
            <Menu.Item key={name} onClick={() => setChoosing(name)}>
              {FILTERS[name].label}
            </Menu.Item>
          ))}
          {words ? WORDS.map((name) => (
            <Menu.Item key={name} onClick={() => setChoosing(name)}>
              {texts.words[name]}
            </Menu.Item>
          )) : null}
          <Menu.Item onClick={() => change({ unpriced: true })}>{texts.unpriced}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
