import { NumberInput, Select, SimpleGrid, Text } from "@mantine/core";
import { Controller, useForm, useWatch } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { useConflicts } from "@/shared/revisions/useConflicts";
import { SubjectPicker } from "@/shared/subjects/SubjectPicker";
import { FormDialog } from "@/shared/ui/FormDialog";
import { notifyDone } from "@/shared/ui/notify";
import { useMay, useWorkspace } from "@/shared/workspace";
import type { Limit } from "../api";
import { beginLimit, LIMIT_SUBJECTS, limitDraftOf, MEASURES, OWN_SUBJECTS, WINDOWS } from "../limitForm";
import { useSaveLimit } from "../hooks";
import { texts } from "../texts";

const FIELDS = ["amount", "burst", "window", "measure", "subjectId"] as const;

/** Makes a limit, or changes how much `editing` is. Members can limit what is theirs. */
export function LimitForm({ editing, onClose }: { editing: Limit | null; onClose: () => void }) {
  const { client, userId } = useWorkspace();
  const mayAll = useMay("budgets.change");
  const begin = (limit: Limit | null) => beginLimit(limit, mayAll ? null : userId);
  const form = useForm({ defaultValues: begin(editing) });
  const { control, setError, setValue, formState } = form;
  const [subject, measure] = useWatch({ control, name: ["subject", "measure"] });
  const saving = useSaveLimit();
  const words = texts.limitForm;
  const { errors, isDirty } = formState;
  const { save, conflict } = useConflicts({
    editing,
    form,
    saving,
    begin,
    draftOf: limitDraftOf,
    read: ({ id }) => client.limits.get(id),
    onSaved: () => {
      notifyDone(texts.done.limit);
      onClose();
    },
    onFailed: (failure) => showAtFields(failure, FIELDS, setError),
  });
  const fixed = editing !== null;
  return (
    <>
      <FormDialog
        title={fixed ? words.edit : words.create}
        action={fixed ? words.save : words.make}
        size="lg"
        changed={isDirty && !saving.isSuccess}
        pending={saving.isPending}
        error={isAtFields(saving.error, FIELDS) ? null : saving.error}
        covered={conflict !== null}
        onClose={onClose}
        onSubmit={save}
      >
        <Controller
          control={control}
          name="subjectId"
          rules={{ validate: (id) => id !== "" || texts.budgetForm.subjectMissing }}
          render={({ field: { value, onChange } }) => (
            <SubjectPicker
              kinds={mayAll ? LIMIT_SUBJECTS : OWN_SUBJECTS}
              kind={subject}
              id={value}
              each={mayAll}
              disabled={fixed}
              error={errors.subjectId?.message}
              onChange={(next, id) => {
                setValue("subject", next, { shouldDirty: true });
                onChange(id);
              }}
            />
          )}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Controller
            control={control}
            name="measure"
            render={({ field }) => <Select label={words.measure} data={MEASURES.map((value) => ({ value, label: words.measures[value] }))} allowDeselect={false} disabled={fixed} error={errors.measure?.message} {...field} />}
          />
          {measure === "parallel" ? null : (
            <Controller
              control={control}
              name="window"
              render={({ field }) => <Select label={words.window} data={WINDOWS.map((value) => ({ value, label: words.windows[value] }))} allowDeselect={false} disabled={fixed} error={errors.window?.message} {...field} />}
            />
          )}
          <Controller
            control={control}
            name="amount"
            rules={{ validate: (amount) => Number(amount) >= 1 || words.amountWrong }}
            render={({ field }) => <NumberInput label={words.amount} allowDecimal={false} allowNegative={false} thousandSeparator="," error={errors.amount?.message} {...field} />}
          />
          {measure === "parallel" ? null : (
            <Controller
              control={control}
              name="burst"
              render={({ field }) => <NumberInput label={words.burst} placeholder={words.burstAbout} allowDecimal={false} allowNegative={false} thousandSeparator="," error={errors.burst?.message} {...field} />}
            />
          )}
        </SimpleGrid>
        {fixed || !mayAll ? (
          <Text size="sm" c="dimmed">
            {fixed ? words.fixed : words.own}
          </Text>
        ) : null}
      </FormDialog>
      {conflict === null ? null : <ConflictDialog {...conflict} />}
    </>
  );
}
