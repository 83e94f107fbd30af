import { Checkbox, Group, MultiSelect, NumberInput, Radio, SimpleGrid, TagsInput, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { providersQuery } from "@/shared/providers";
import { useWorkspace } from "@/shared/workspace";
import { CEILINGS, COUNTRIES, PERSONAL, type RuleValues } from "../rule";
import { texts } from "../texts";

const words = texts.rule;

/** What a rule of the chosen kind needs. `error` says what it lacks. */
export function RuleFields({ values, error, onChange }: { values: RuleValues; error: string | undefined; onChange: (next: Partial<RuleValues>) => void }) {
  const { client, id } = useWorkspace();
  const providers = useQuery(providersQuery(client, id));
  switch (values.kind) {
    case "allowedModels":
      return (
        <>
          <Mode value={values.modelsMode} onChange={(modelsMode) => onChange({ modelsMode })} />
          <TagsInput label={words.models} description={words.modelsAbout} value={values.models} onChange={(models) => onChange({ models })} error={error} />
        </>
      );
    case "allowedProviders":
      return (
        <>
          <Mode value={values.providersMode} onChange={(providersMode) => onChange({ providersMode })} />
          <MultiSelect label={words.providers} data={providers.data ?? values.providers} value={values.providers} onChange={(next) => onChange({ providers: next })} searchable error={error} />
        </>
      );
    case "paidModels":
      return <Text c="dimmed">{words.paidAbout}</Text>;
    case "ceilings":
      return (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {CEILINGS.map((name, index) => (
            <NumberInput
              key={name}
              label={words.ceilingLabels[name]}
              placeholder={words.noCeiling}
              allowNegative={false}
              allowDecimal={name === "maxCostUSD"}
              value={values.ceilings[name]}
              onChange={(value) => onChange({ ceilings: { ...values.ceilings, [name]: value } })}
              error={index === 0 ? error : undefined}
            />
          ))}
        </SimpleGrid>
      );
    case "patterns":
      return (
        <Textarea
          label={words.patterns}
          description={words.patternsAbout}
          classNames={{ input: "mono" }}
          autosize
          minRows={3}
          value={values.patterns}
          onChange={(event) => onChange({ patterns: event.currentTarget.value })}
          error={error}
        />
      );
    case "personalData":
      return (
        <>
          <Checkbox.Group label={words.personalLabel} value={values.personal} onChange={(personal) => onChange({ personal })} error={error}>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" mt={4}>
              {PERSONAL.map((kind) => (
                <Checkbox key={kind} value={kind} label={words.personal[kind]} />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
          <MultiSelect label={words.countries} description={words.countriesAbout} data={[...COUNTRIES]} value={values.countries} onChange={(countries) => onChange({ countries })} searchable />
        </>
      );
    case "words":
      return null;
  }
}

function Mode({ value, onChange }: { value: "allow" | "deny"; onChange: (next: "allow" | "deny") => void }) {
  return (
    <Radio.Group label={words.mode} value={value} onChange={(next) => onChange(next === "deny" ? "deny" : "allow")}>
      <Group gap="lg" mt={4}>
        {(["allow", "deny"] as const).map((each) => (
          <Radio key={each} value={each} label={words.modes[each]} />
        ))}
      </Group>
    </Radio.Group>
  );
}
