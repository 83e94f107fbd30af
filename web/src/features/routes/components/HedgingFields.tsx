import { Group, Select } from "@mantine/core";
import { NumberField } from "@/shared/ui/NumberField";
import { type Hedge, HEDGES, type RouteValues } from "../form";
import { texts } from "../texts";

const LONGEST_MS = 60_000;
const words = texts.form;

/** When an embeddings request is sent to the next target, too. */
export function HedgingFields({ values, disabled, onChange }: { values: RouteValues; disabled: boolean; onChange: (change: Partial<RouteValues>) => void }) {
  return (
    <Group align="flex-end">
      <Select
        flex={1}
        miw={240}
        label={words.hedging}
        description={words.hedgingAbout}
        allowDeselect={false}
        disabled={disabled}
        data={HEDGES.map((each) => ({ value: each, label: texts.hedges[each] }))}
        value={values.hedge}
        onChange={(hedge) => onChange({ hedge: (hedge ?? "never") as Hedge })}
      />
      {values.hedge === "fixed" ? (
        <NumberField label={words.hedgeMs} min={1} max={LONGEST_MS} thousandSeparator="," disabled={disabled} value={values.hedgeMs} onChange={(value) => onChange({ hedgeMs: value ?? 1 })} />
      ) : null}
    </Group>
  );
}
