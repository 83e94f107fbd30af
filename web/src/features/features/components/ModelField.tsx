import { Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { factsOf } from "@/shared/choices/facts";
import { NearestModels } from "@/shared/choices/NearestModels";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { useWorkspace } from "@/shared/workspace";
import { type CatalogueModel, modelQuery, modelsQuery } from "../api";
import { texts } from "../texts";

const TYPING_MS = 250;

/** One of OpenRouter's models, or any other id that is typed; below it what is known of it. `nearest`: it is withdrawn, and these are like it. */
export function ModelField({ value, onChange, nearest }: { value: string; onChange: (id: string) => void; nearest?: readonly string[] | undefined }) {
  const { client, id } = useWorkspace();
  const [typed, setTyped] = useState("");
  const [searched] = useDebouncedValue(typed === value ? "" : typed.trim(), TYPING_MS);
  const { data: models = [] } = useQuery(modelsQuery(client, id, searched));
  const { data: known } = useQuery(modelQuery(client, id, value));
  const ids = [...new Set([...(value === "" ? [] : [value]), ...models.map((model) => model.id)])];
  const other = typed.trim();
  return (
    <div>
      <Select
        label={texts.model}
        classNames={{ input: "mono" }}
        leftSection={<ProviderMark provider="openrouter" size={20} />}
        data={[...ids.map((each) => ({ value: each, label: each })), ...(other === "" || ids.includes(other) ? [] : [{ value: other, label: texts.otherModel(other) }])]}
        // The server has found them; what it finds by their names is in no id.
        filter={({ options }) => options}
        value={value || null}
        onChange={(next) => onChange(next ?? "")}
        onSearchChange={setTyped}
        searchable
        allowDeselect={false}
        maxDropdownHeight={280}
        renderOption={({ option }) => <span className="mono">{option.label}</span>}
      />
      <Text size="sm" c={nearest === undefined ? "dimmed" : "var(--tl-fair)"} mt={4}>
        {nearest !== undefined ? texts.unlisted : known === undefined ? texts.modelHint : factsLine(known)}
      </Text>
      {nearest === undefined ? null : <NearestModels models={nearest} onChoose={onChange} />}
    </div>
  );
}

function factsLine(model: CatalogueModel): string {
  const facts = factsOf(model);
  const parts = [
    facts.abilities.join(", "),
    facts.contextLength === null ? "" : texts.context(count(facts.contextLength)),
    facts.priceIn === null ? "" : texts.price(usd(facts.priceIn), usd(facts.priceOut)),
    facts.version === null ? "" : texts.version(facts.version),
  ];
  return parts.filter(Boolean).join(" · ");
}
