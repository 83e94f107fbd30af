import { NumberInput, SimpleGrid, TagsInput, TextInput } from "@mantine/core";
import type { ConditionValues } from "../form";
import { texts } from "../texts";

const number = (value: string | number) => (typeof value === "number" ? value : null);

/** For which calls a route or a target is. */
export function ConditionFields({ values, error, onChange }: { values: ConditionValues; error?: string | undefined; onChange: (change: Partial<ConditionValues>) => void }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <NumberInput label={texts.form.minTokens} min={0} thousandSeparator="," hideControls value={values.minInputTokens ?? ""} onChange={(value) => onChange({ minInputTokens: number(value) })} />
      <NumberInput label={texts.form.maxTokens} min={0} thousandSeparator="," hideControls value={values.maxInputTokens ?? ""} onChange={(value) => onChange({ maxInputTokens: number(value) })} />
      <TagsInput label={texts.form.tags} description={texts.form.tagsHint} value={values.tags} onChange={(tags) => onChange({ tags })} />
      <TagsInput label={texts.form.families} description={texts.form.tagsHint} value={values.modelFamilies} onChange={(modelFamilies) => onChange({ modelFamilies })} />
      <TextInput label={texts.form.start} type="time" value={values.start} error={error} onChange={(event) => onChange({ start: event.currentTarget.value })} />
      <TextInput label={texts.form.end} type="time" value={values.end} onChange={(event) => onChange({ end: event.currentTarget.value })} />
    </SimpleGrid>
  );
}
