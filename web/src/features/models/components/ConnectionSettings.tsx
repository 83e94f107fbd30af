import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "@/shared/workspace";
import { schemaQuery } from "../api";
import { readFields, type Settings, withSetting } from "../settings";
import { ParameterField } from "@/shared/parameters/ParameterField";

/** The settings of a provider that say where calls go and who pays; nothing where it has none. */
export function ConnectionSettings({ provider, value, onChange }: { provider: string; value: Settings; onChange: (settings: Settings) => void }) {
  const { client } = useWorkspace();
  const { data } = useQuery(schemaQuery(client, provider));
  const fields = readFields(data ?? {}).connection;
  if (fields.length === 0) return null;
  return (
    <Stack>
      {fields.map((field) => (
        <ParameterField key={field.name} field={field} value={value[field.name]} onChange={(next) => onChange(withSetting(value, field.name, next))} />
      ))}
    </Stack>
  );
}
