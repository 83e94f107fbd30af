import { Select, SimpleGrid, TagsInput, Text, TextInput } from "@mantine/core";
import { Controller, useForm } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { useConflicts } from "@/shared/revisions/useConflicts";
import { SubjectPicker } from "@/shared/subjects/SubjectPicker";
import { FormDialog } from "@/shared/ui/FormDialog";
import { SwitchField } from "@/shared/ui/SwitchField";
import { notifyDone } from "@/shared/ui/notify";
import { useWorkspace } from "@/shared/workspace";
import { type Budget, readBudget } from "../api";
import { arePercents, begin, type BudgetValues, draftOf, isAmount, PERIODS, SUBJECTS } from "../form";
import { useSaveBudget } from "../hooks";
import { texts } from "../texts";

const FIELDS = ["name", "amount", "period", "timeZone", "thresholds", "subjectId", "hard"] as const;
const ZONES = Intl.supportedValuesOf("timeZone");

/** Makes a budget, or changes `editing`. */
export function BudgetForm({ editing, onClose }: { editing: Budget | null; onClose: () => void }) {
  const { client } = useWorkspace();
  const form = useForm<BudgetValues>({ defaultValues: begin(editing) });
  const { control, register, setError, setValue, formState } = form;
  const saving = useSaveBudget();
  const words = texts.budgetForm;
  const { errors, isDirty } = formState;
  const { save, conflict } = useConflicts({
    editing,
    form,
    saving,
    begin,
    draftOf,
    read: ({ id }) => readBudget(client, id),
    onSaved: () => {
      notifyDone(texts.done.budget);
      onClose();
    },
    onFailed: (failure) => showAtFields(failure, FIELDS, setError, { "defaultPrice.input": "input", "defaultPrice.output": "output" }),
  });
  return (
    <>
      <FormDialog
        title={editing === null ? words.create : words.edit(editing.name)}
        action={editing === null ? words.make : words.save}
        size="lg"
        changed={isDirty && !saving.isSuccess}
        pending={saving.isPending}
        error={isAtFields(saving.error, FIELDS) ? null : saving.error}
        covered={conflict !== null}
        onClose={onClose}
        onSubmit={save}
      >
        <TextInput label={words.name} data-autofocus error={errors.name?.message} {...register("name", { validate: (name) => name.trim() !== "" || words.nameMissing })} />
        <Controller
          control={control}
          name="subjectId"
          rules={{ validate: (id, all) => all.subject === "workspace" || Boolean(id?.trim()) || words.subjectMissing }}
          render={({ field: { value: id, onChange } }) => (
            <Controller
              control={control}
              name="subject"
              render={({ field: { value: kind } }) => (
                <SubjectPicker
                  kinds={SUBJECTS}
                  kind={kind}
                  id={id}
                  error={errors.subjectId?.message}
                  onChange={(next, nextId) => {
                    setValue("subject", next, { shouldDirty: true });
                    onChange(nextId);
                  }}
                />
              )}
            />
          )}
        />
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <TextInput
            label={words.amount}
            leftSection="$"
            inputMode="decimal"
            error={errors.amount?.message}
            {...register("amount", { validate: (amount) => isAmount(amount) || words.amountWrong })}
          />
          <Controller
            control={control}
            name="period"
            render={({ field }) => <Select label={words.period} data={PERIODS.map((value) => ({ value, label: words.periods[value] }))} allowDeselect={false} {...field} />}
          />
          <Controller
            control={control}
            name="timeZone"
            render={({ field }) => <Select label={words.zone} data={[...new Set(["UTC", field.value, ...ZONES])]} searchable allowDeselect={false} error={errors.timeZone?.message} {...field} />}
          />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          {words.amountAbout} {words.zoneAbout} {editing === null ? "" : words.recount}
        </Text>
        <SwitchField label={words.hard} description={words.hardAbout} control={control} name="hard" />
        <Controller
          control={control}
          name="thresholds"
          rules={{ validate: (given) => arePercents(given) || words.thresholdsWrong }}
          render={({ field }) => <TagsInput label={words.thresholds} description={words.thresholdsAbout} error={errors.thresholds?.message} {...field} />}
        />
        <div>
          <Text fw={500}>{words.defaultPrice}</Text>
          <Text size="sm" c="dimmed" mb={4}>
            {words.defaultAbout}
          </Text>
          <SimpleGrid cols={2}>
            <TextInput label={words.input} leftSection="$" inputMode="decimal" error={errors.input?.message} {...register("input")} />
            <TextInput
              label={words.output}
              leftSection="$"
              inputMode="decimal"
              error={errors.output?.message}
              {...register("output", { validate: (output, { input }) => (output.trim() === "") === (input.trim() === "") || words.priceWrong })}
            />
          </SimpleGrid>
        </div>
      </FormDialog>
      {conflict === null ? null : <ConflictDialog {...conflict} />}
    </>
  );
}
