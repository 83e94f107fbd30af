import { MultiSelect, Select, SimpleGrid, TagsInput, TextInput } from "@mantine/core";
import { NumberField } from "@/shared/ui/NumberField";
import { type ConditionValues, DAYS } from "../form";
import { texts } from "../texts";

const zones = Intl.supportedValuesOf("timeZone");
const words = texts.form;

/** For which calls a route or a target is. Hours are of `zone` where none is chosen. */
export function ConditionFields({
  values,
  zone,
  problems,
  disabled,
  onChange,
}: {
  values: ConditionValues;
  zone: string;
  problems: { hours: string | undefined; metadata: string | undefined };
  disabled: boolean;
  onChange: (change: Partial<ConditionValues>) => void;
}) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <NumberField label={words.minTokens} min={0} thousandSeparator="," hideControls disabled={disabled} value={values.minInputTokens} onChange={(minInputTokens) => onChange({ minInputTokens })} />
      <NumberField label={words.maxTokens} min={0} thousandSeparator="," hideControls disabled={disabled} value={values.maxInputTokens} onChange={(maxInputTokens) => onChange({ maxInputTokens })} />
      <TagsInput label={words.tags} description={words.tagsHint} acceptValueOnBlur disabled={disabled} value={values.tags} onChange={(tags) => onChange({ tags })} />
      <TagsInput label={words.families} description={words.tagsHint} acceptValueOnBlur disabled={disabled} value={values.modelFamilies} onChange={(modelFamilies) => onChange({ modelFamilies })} />
      <TagsInput label={words.metadata} description={words.metadataHint} acceptValueOnBlur disabled={disabled} error={problems.metadata} value={values.metadata} onChange={(metadata) => onChange({ metadata })} />
      <MultiSelect
        label={words.days}
        description={words.tagsHint}
        disabled={disabled}
        placeholder={values.days.length === 0 ? words.everyDay : ""}
        data={DAYS.map((day) => ({ value: day, label: texts.days[day] }))}
        value={values.days}
        onChange={(days) => onChange({ days: DAYS.filter((day) => days.includes(day)) })}
      />
      <TextInput label={words.start} type="time" disabled={disabled} value={values.start} error={problems.hours} onChange={(event) => onChange({ start: event.currentTarget.value })} />
      <TextInput label={words.end} type="time" disabled={disabled} value={values.end} onChange={(event) => onChange({ end: event.currentTarget.value })} />
      {values.start === "" && values.end === "" ? null : (
        <Select label={words.zone} searchable disabled={disabled} data={[...new Set([zone, values.timeZone || zone, "UTC", ...zones])]} allowDeselect={false} value={values.timeZone || zone} onChange={(timeZone) => onChange({ timeZone: timeZone ?? "" })} />
      )}
    </SimpleGrid>
  );
}
