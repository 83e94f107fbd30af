import { Radio, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { Controller, useForm, useWatch } from "react-hook-form";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { useConflicts } from "@/shared/revisions/useConflicts";
import { SubjectPicker } from "@/shared/subjects/SubjectPicker";
import { FormDialog } from "@/shared/ui/FormDialog";
import { notifyDone } from "@/shared/ui/notify";
import { useWorkspace } from "@/shared/workspace";
import { type Policy, type PolicyDraft, readPolicy } from "../api";
import { type Scope, useSavePolicy } from "../hooks";
import { KINDS, lackOf, readRule, type RuleValues, writeRule } from "../rule";
import { texts } from "../texts";
import { Preview } from "./Preview";
import { RuleFields } from "./RuleFields";

interface Values {
  name: string;
  content: string;
  riskType: PolicyDraft["riskType"];
  actionType: string;
  failMode: PolicyDraft["failMode"];
  rule: RuleValues;
  place: { kind: "workspace" | "application" | "key"; id: string | null };
}

const PLACES = ["workspace", "application", "key"] as const;
const RISKS = ["LOW", "MEDIUM", "HIGH"] as const;
const FAILS = ["open", "closed"] as const;
const words = texts.form;

/** Makes a policy, or changes `editing`. Its rule can be tried before it is saved. */
export function PolicyForm({ editing, onClose }: { editing: Policy | null; onClose: () => void }) {
  const { client } = useWorkspace();
  const form = useForm<Values>({ defaultValues: begin(editing) });
  const { control, register, trigger, formState } = form;
  const [rule, place] = useWatch({ control, name: ["rule", "place"] });
  const saving = useSavePolicy(scopeOf(place));
  const { errors, isDirty } = formState;
  const { save, conflict } = useConflicts({
    editing,
    form,
    saving,
    begin,
    draftOf,
    read: ({ id }) => readPolicy(client, id),
    onSaved: () => {
      notifyDone(texts.done.saved);
      onClose();
    },
  });
  return (
    <>
      <FormDialog
        title={editing === null ? words.create : words.edit(editing.name)}
        action={editing === null ? words.make : words.save}
        size="xl"
        changed={isDirty && !saving.isSuccess}
        pending={saving.isPending}
        error={saving.error}
        covered={conflict !== null}
        onClose={onClose}
        onSubmit={save}
      >
        <TextInput label={words.name} description={words.nameAbout} data-autofocus error={errors.name?.message} {...register("name", { validate: (name) => name.trim() !== "" || words.nameMissing })} />
        {editing === null ? (
          <Controller
            control={control}
            name="place"
            rules={{ validate: ({ kind, id }) => kind === "workspace" || Boolean(id) || words.placeMissing }}
            render={({ field: { value, onChange } }) => <SubjectPicker kinds={PLACES} kind={value.kind} id={value.id} onChange={(kind, id) => onChange({ kind, id })} error={errors.place?.message} />}
          />
        ) : (
          <Text size="sm" c="dimmed">
            {words.scopeFixed}
          </Text>
        )}
        <Controller
          control={control}
          name="rule"
          rules={{ validate: (given) => lackOf(given) ?? true }}
          render={({ field: { value, onChange } }) => (
            <Stack gap="sm">
              <Select
                label={words.kind}
                data={KINDS.map((kind) => ({ value: kind, label: words.kinds[kind] }))}
                value={value.kind}
                allowDeselect={false}
                onChange={(next) => onChange({ ...value, kind: KINDS.find((kind) => kind === next) ?? value.kind })}
              />
              <RuleFields values={value} error={errors.rule?.message} onChange={(next) => onChange({ ...value, ...next })} />
            </Stack>
          )}
        />
        <Textarea
          label={words.content}
          description={rule.kind === "words" ? words.contentJudged : words.contentNote}
          autosize
          minRows={2}
          error={errors.content?.message}
          {...register("content", { validate: (content, all) => all.rule.kind !== "words" || content.trim() !== "" || words.contentMissing })}
        />
        <Preview rule={writeRule(rule)} scope={scopeOf(place)} ready={() => trigger("rule")} />
        <Controller
          control={control}
          name="actionType"
          render={({ field: { value, onChange } }) => (
            <Radio.Group label={words.action} value={value} onChange={onChange}>
              <Stack gap="xs" mt={4}>
                {texts.actionChoices.map(([action, label, about]) => (
                  <Radio key={action} value={action} label={label} description={about} />
                ))}
              </Stack>
            </Radio.Group>
          )}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Controller control={control} name="riskType" render={({ field }) => <Select label={words.risk} data={RISKS.map((value) => ({ value, label: texts.risks[value] }))} allowDeselect={false} {...field} />} />
          <Controller control={control} name="failMode" render={({ field }) => <Select label={words.fail} data={FAILS.map((value) => ({ value, label: words.fails[value] }))} allowDeselect={false} {...field} />} />
        </SimpleGrid>
      </FormDialog>
      {conflict === null ? null : <ConflictDialog {...conflict} />}
    </>
  );
}

function begin(policy: Policy | null): Values {
  return {
    name: policy?.name ?? "",
    content: policy?.content ?? "",
    riskType: RISKS.find((risk) => risk === policy?.riskType) ?? "MEDIUM",
    // Whoever begins looks first.
    actionType: String(policy?.actionType ?? 0),
    failMode: policy?.failMode === "closed" ? "closed" : "open",
    rule: policy === null ? { ...readRule(null), kind: "personalData" } : readRule(policy.rule),
    place: { kind: policy?.keyId ? "key" : policy?.repoId ? "application" : "workspace", id: policy?.keyId ?? policy?.repoId ?? null },
  };
}

function draftOf({ name, content, riskType, actionType, failMode, rule }: Values): PolicyDraft {
  return { name: name.trim(), content: content.trim(), riskType, actionType: Number(actionType), failMode, rule: writeRule(rule) };
}

function scopeOf({ kind, id }: Values["place"]): Scope {
  return { repoId: kind === "application" ? id : null, keyId: kind === "key" ? id : null };
}
