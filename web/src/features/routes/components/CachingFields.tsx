import { Autocomplete, Checkbox, Group, Select, Stack, Switch } from "@mantine/core";
import { NumberField } from "@/shared/ui/NumberField";
import type { RouteValues } from "../form";
import { texts } from "../texts";

const USUAL_SECONDS = 3600;
const words = texts.form;

/** Whether responses are kept, for how long, for whom, and for which other questions. */
export function CachingFields({ values, names, disabled, onChange }: { values: RouteValues; names: string[]; disabled: boolean; onChange: (change: Partial<RouteValues>) => void }) {
  return (
    <Stack gap="xs">
      <Switch
        label={words.caching}
        description={words.cachingAbout}
        checked={values.cacheSeconds !== null}
        disabled={disabled}
        onChange={(event) => onChange({ cacheSeconds: event.currentTarget.checked ? USUAL_SECONDS : null })}
      />
      {values.cacheSeconds === null ? null : (
        <>
          <Group>
            <NumberField label={words.seconds} min={1} thousandSeparator="," disabled={disabled} value={values.cacheSeconds} onChange={(value) => onChange({ cacheSeconds: value ?? USUAL_SECONDS })} />
            <Select
              label={words.scope}
              allowDeselect={false}
              disabled={disabled}
              data={(["user", "workspace"] as const).map((scope) => ({ value: scope, label: words.scopes[scope] }))}
              value={values.cacheScope}
              onChange={(scope) => onChange({ cacheScope: scope === "workspace" ? "workspace" : "user" })}
            />
          </Group>
          <Checkbox label={words.withTools} disabled={disabled} checked={values.cacheTools} onChange={(event) => onChange({ cacheTools: event.currentTarget.checked })} />
          <Group align="flex-end">
            <Autocomplete flex={1} miw={240} label={words.semantic} description={words.semanticHint} disabled={disabled} data={names} value={values.cacheModel} onChange={(cacheModel) => onChange({ cacheModel })} />
            {values.cacheModel === "" ? null : (
              <NumberField label={words.threshold} min={0.5} max={1} step={0.01} decimalScale={3} disabled={disabled} value={values.cacheThreshold} onChange={(value) => onChange({ cacheThreshold: value ?? 0.95 })} />
            )}
          </Group>
        </>
      )}
    </Stack>
  );
}
