import { Button, Group, Select, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Field } from "@/shared/parameters/field";
import { ParameterField } from "@/shared/parameters/ParameterField";
import { useWorkspace } from "@/shared/workspace";
import { type Preview, schemaQuery } from "../api";
import { useProviderTemplates } from "../hooks";
import { readFields, type Settings, withSetting } from "../settings";
import { texts } from "../texts";

const WIDE: ReadonlySet<Field["kind"]> = new Set(["long", "json", "list"]);

/** All parameters of a provider, drawn from its schema: with their ranges, and why a model does not take one. */
export function ParameterFields({
  provider,
  value,
  preview,
  readOnly = false,
  onChange,
}: {
  provider: string;
  value: Settings;
  preview: Preview | undefined;
  readOnly?: boolean;
  onChange: (settings: Settings) => void;
}) {
  const { client } = useWorkspace();
  const schema = useQuery(schemaQuery(client, provider));
  const templates = useProviderTemplates(provider);
  if (schema.data === undefined) return <Skeleton height={240} />;
  const fields = readFields(schema.data).parameters;
  const lacks = new Map(preview?.unsupported.map((each) => [each.field, each.message]));
  const problems = new Map(preview?.problems.map((each) => [each.field.replace("configuration.", "").split(".")[0], each.message]));
  const set = fields.filter((field) => value[field.name] !== undefined);
  const draw = (field: Field) => (
    <ParameterField
      key={field.name}
      field={field}
      value={value[field.name]}
      lack={lacks.get(field.name)}
      error={problems.get(field.name)}
      readOnly={readOnly}
      onChange={(next) => onChange(withSetting(value, field.name, next))}
    />
  );
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <Text c="dimmed">{texts.parameters.about}</Text>
        <Group gap="xs">
          {!readOnly && templates.data !== undefined && templates.data.length > 0 ? (
            <Select
              aria-label={texts.parameters.template}
              placeholder={texts.parameters.template}
              w={220}
              value={null}
              data={templates.data.map((template) => ({ value: template.id, label: template.name }))}
              onChange={(id) => {
                const chosen = templates.data.find((template) => template.id === id);
                if (chosen !== undefined) onChange({ ...value, ...chosen.configuration });
              }}
            />
          ) : null}
          {set.length > 0 && !readOnly ? (
            <Button variant="default" onClick={() => onChange(set.reduce((rest, field) => withSetting(rest, field.name, undefined), value))}>
              {texts.parameters.resetAll}
            </Button>
          ) : null}
        </Group>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
        {fields.filter((field) => !WIDE.has(field.kind)).map(draw)}
      </SimpleGrid>
      {fields.filter((field) => WIDE.has(field.kind)).map(draw)}
    </Stack>
  );
}
