import { MultiSelect, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Controller, FormProvider, useForm, useWatch } from "react-hook-form";
import { timeZone } from "@/shared/format/zone";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { useConflicts } from "@/shared/revisions/useConflicts";
import { FormDialog } from "@/shared/ui/FormDialog";
import { useWorkspace } from "@/shared/workspace";
import { type AlertRule, channelsQuery, useAlertChanges } from "../api";
import { bodyOf, fieldsOf, type RuleFields, usualFields } from "../form";
import { KINDS, MADE_KINDS, type MadeKind, type Severity } from "../kinds";
import { texts } from "../texts";
import { QuietHours } from "./QuietHours";
import { RulePreview } from "./RulePreview";
import { RuleSubject } from "./RuleSubject";

const SEVERITIES = Object.entries(texts.severities).map(([value, label]) => ({ value, label }));

/** A rule to make or to change, with what it would have done beside it. What is typed stays when saving fails. */
export function RuleForm({ rule, onClose }: { rule: (AlertRule & { kind: MadeKind }) | null; onClose: () => void }) {
  const { client, id } = useWorkspace();
  const { form: words } = texts;
  const channels = useQuery(channelsQuery(client, id));
  const { saveRule } = useAlertChanges();
  const form = useForm<RuleFields>({ defaultValues: rule === null ? usualFields("error_rate") : fieldsOf(rule) });
  const fields = useWatch({ control: form.control }) as RuleFields;
  const { errors, isDirty } = form.formState;
  const facts = KINDS[fields.kind];
  const { save, conflict } = useConflicts({
    editing: rule,
    form,
    saving: saveRule,
    begin: fieldsOf,
    draftOf: (given: RuleFields) => bodyOf(given, timeZone()),
    // The kind of a rule never changes.
    read: async ({ id: ruleId, kind }) => ({ ...(await client.alerts.rules.get(ruleId)), kind }),
    onSaved: onClose,
  });
  const number = (name: "threshold" | "windowMinutes" | "leastCalls" | "forSeconds" | "repeatMinutes", label: string, description?: string) => (
    <Controller name={name} control={form.control} render={({ field }) => <NumberInput {...field} label={label} description={description} min={0} decimalScale={name === "threshold" ? 2 : 0} />} />
  );
  return (
    <FormProvider {...form}>
      <FormDialog
        title={rule === null ? words.newTitle : words.editTitle}
        action={words.save}
        size="lg"
        changed={isDirty && !saveRule.isSuccess}
        pending={saveRule.isPending}
        error={saveRule.error}
        covered={conflict !== null}
        onClose={onClose}
        onSubmit={save}
      >
        <Select
          label={words.kind}
          data={MADE_KINDS.map((kind) => ({ value: kind, label: KINDS[kind].word }))}
          value={fields.kind}
          disabled={rule !== null}
          allowDeselect={false}
          onChange={(kind) => {
            const named = fields.name === KINDS[fields.kind].word ? {} : { name: fields.name };
            const { quiet, quietStart, quietEnd, holdCritical, channelIds, repeatMinutes, forSeconds } = fields;
            form.reset(usualFields(kind as MadeKind, { ...named, quiet, quietStart, quietEnd, holdCritical, channelIds, repeatMinutes, forSeconds }), { keepDefaultValues: true });
          }}
        />
        <TextInput label={words.name} error={errors.name?.message} {...form.register("name", { required: words.nameRequired })} />
        <RuleSubject subjects={facts.subjects} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {facts.unit === undefined ? null : number("threshold", words.threshold(facts.unit))}
          {facts.window === undefined ? null : number("windowMinutes", words.window)}
          {facts.calls ? number("leastCalls", words.least) : null}
          {number("forSeconds", words.for)}
        </SimpleGrid>
        <RulePreview body={bodyOf(fields, timeZone())} />
        <Select label={texts.severity} data={SEVERITIES} value={fields.severity} allowDeselect={false} onChange={(value) => form.setValue("severity", value as Severity, { shouldDirty: true })} />
        <Controller
          name="channelIds"
          control={form.control}
          render={({ field }) => (
            <MultiSelect
              {...field}
              label={words.channels}
              searchable
              description={channels.data?.length === 0 ? words.noChannels : undefined}
              data={(channels.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
            />
          )}
        />
        {number("repeatMinutes", words.repeat, words.repeatAbout)}
        <QuietHours />
      </FormDialog>
      {conflict === null ? null : <ConflictDialog {...conflict} />}
    </FormProvider>
  );
}
