import { Box, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Controller, useFormContext, useWatch } from "react-hook-form";
import { choicesQuery } from "@/shared/choices/choices";
import { count } from "@/shared/format/quantity";
import type { Field } from "@/shared/parameters/field";
import { ParameterField } from "@/shared/parameters/ParameterField";
import { NumberField } from "@/shared/ui/NumberField";
import { useWorkspace } from "@/shared/workspace";
import { type FeatureSettings, modelQuery } from "../api";
import { type Settings, unsupported } from "../settings";
import { texts } from "../texts";
import { KeyField } from "./KeyField";
import { ModelField } from "./ModelField";

const PLAIN = { kind: "number", example: undefined, choices: [], maxLength: undefined } satisfies Partial<Field>;
const SHARES = ["temperature", "topP"] as const;
const PENALTIES = ["presencePenalty", "frequencyPenalty"] as const;

/** Everything that can be set of a feature. */
export function SettingsFields({ feature }: { feature: FeatureSettings }) {
  const { client, id } = useWorkspace();
  const form = useFormContext<Settings>();
  const { errors } = form.formState;
  const model = useWatch({ control: form.control, name: "model" });
  const { data: known } = useQuery(modelQuery(client, id, model));
  const untouched = model === (feature.model ?? "");
  const number = (name: (typeof SHARES)[number] | (typeof PENALTIES)[number], least: number, most: number) => (
    <Controller
      key={name}
      name={name}
      control={form.control}
      render={({ field, fieldState }) => (
        <ParameterField
          field={{ ...PLAIN, name, title: texts[name], description: field.value === null ? texts.unsetAbout : texts[`${name}About`], minimum: least, maximum: most, usual: Math.max(least, 0) }}
          value={field.value ?? undefined}
          onChange={(next) => field.onChange(next ?? null)}
          lack={unsupported(known?.supportedParameters, name) ? texts.unsupported : undefined}
          error={fieldState.error?.message}
        />
      )}
    />
  );
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <Controller
          name="model"
          control={form.control}
          render={({ field }) => <ModelField value={field.value} onChange={field.onChange} nearest={untouched && feature.available === false ? feature.nearest : undefined} />}
        />
        <Controller
          name="apiKey"
          control={form.control}
          render={({ field, fieldState }) => <KeyField key={feature.revision} feature={feature} value={field.value} onChange={field.onChange} error={fieldState.error?.message} />}
        />
      </SimpleGrid>
      <Textarea label={texts.systemPrompt} autosize minRows={3} maxRows={12} error={errors.systemPrompt?.message} {...form.register("systemPrompt")} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        {SHARES.map((name) => number(name, 0, 1))}
        {PENALTIES.map((name) => number(name, -2, 2))}
      </SimpleGrid>
      <Controller
        name="maxTokens"
        control={form.control}
        render={({ field, fieldState }) => (
          <NumberField
            label={texts.maxTokens}
            value={field.value}
            onChange={field.onChange}
            placeholder={texts.unset}
            allowDecimal={false}
            hideControls
            thousandSeparator=","
            error={fieldState.error?.message}
            rightSectionWidth={140}
            rightSection={
              <Text size="sm" c="dimmed">
                {known?.maxCompletionTokens ? texts.ofTokens(count(known.maxCompletionTokens)) : texts.tokens}
              </Text>
            }
          />
        )}
      />
      <Textarea
        label={texts.custom}
        description={texts.customAbout}
        classNames={{ input: "mono" }}
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        error={errors.customParameters?.message}
        {...form.register("customParameters")}
      />
      <More />
    </Stack>
  );
}

/** What is seldom changed. */
function More() {
  const { client, id } = useWorkspace();
  const form = useFormContext<Settings>();
  const { errors } = form.formState;
  const { data: choices = [] } = useQuery(choicesQuery(client, id));
  const targets = choices.filter((choice) => choice.kind !== "feature");
  return (
    <Box component="details">
      <Box component="summary" fw={550} mb="sm" style={{ cursor: "pointer" }}>
        {texts.more}
      </Box>
      <Stack gap="md">
        <TextInput label={texts.name} error={errors.name?.message} {...form.register("name")} />
        <Controller
          name="target"
          control={form.control}
          render={({ field, fieldState }) => (
            <Select
              label={texts.target}
              description={texts.targetAbout}
              placeholder={texts.targetUsual}
              data={[...new Set([...targets.map((choice) => choice.value), ...(field.value === "" ? [] : [field.value])])]}
              value={field.value || null}
              onChange={(next) => field.onChange(next ?? "")}
              error={fieldState.error?.message}
              clearable
              searchable
            />
          )}
        />
        <TextInput label={texts.baseUrl} description={texts.baseUrlAbout} error={errors.baseUrl?.message} {...form.register("baseUrl")} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          <TextInput label={texts.siteUrl} error={errors.siteUrl?.message} {...form.register("siteUrl")} />
          <TextInput label={texts.siteName} error={errors.siteName?.message} {...form.register("siteName")} />
        </SimpleGrid>
      </Stack>
    </Box>
  );
}
