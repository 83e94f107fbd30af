import { NumberInput, Radio, Select, SimpleGrid, Stack, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Controller, useForm, useWatch } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { moment } from "@/shared/format/time";
import { subjectsQuery } from "@/shared/subjects/subjects";
import { FormDialog } from "@/shared/ui/FormDialog";
import { useWorkspace } from "@/shared/workspace";
import type { Key } from "../api";
import { begin, EXPIRIES, isToCome, type KeyValues } from "../form";
import { texts } from "../texts";

const SAID = ["name", "models", "expiresAt", "applicationId"] as const;

/** Makes a key, or changes `editing`. `save` may fail: what it says of a field stands there, and nothing typed is lost. */
export function KeyForm({ editing, save, pending, error, onClose }: { editing: Key | null; save: (values: KeyValues) => Promise<unknown>; pending: boolean; error: unknown; onClose: () => void }) {
  const { client, id } = useWorkspace();
  const { control, register, handleSubmit, setError, formState } = useForm({ defaultValues: begin(editing) });
  const applications = useQuery(subjectsQuery(client, id, "application"));
  const configurations = useQuery(subjectsQuery(client, id, "configuration"));
  const features = useQuery(subjectsQuery(client, id, "feature"));
  const names = [...new Set([...(configurations.data ?? []).map(({ label }) => label), ...(features.data ?? []).map(({ value }) => `feature/${value}`)])];
  const words = texts.form;
  const expiries = (editing === null ? EXPIRIES : (["keep", ...EXPIRIES] as const)).map((value) => ({
    value,
    label: value === "keep" ? words.keep(editing?.expiresAt ? moment(editing.expiresAt) : texts.never) : words.expiries[value],
  }));
  const expiry = useWatch({ control, name: "expiry" });
  const { errors, isDirty } = formState;
  return (
    <FormDialog
      title={editing === null ? words.create : words.edit(editing.name)}
      action={editing === null ? words.make : words.save}
      size="lg"
      changed={isDirty && !formState.isSubmitSuccessful}
      pending={pending}
      error={isAtFields(error, SAID) ? null : error}
      onClose={onClose}
      onSubmit={() =>
        void handleSubmit((values) =>
          save(values).catch((failure: unknown) => {
            showAtFields(failure, ["name", "models", "applicationId"], setError, { expiresAt: "expiry" });
          }),
        )()
      }
    >
      <TextInput label={words.name} description={words.nameAbout} data-autofocus error={errors.name?.message} {...register("name", { validate: (name) => name.trim() !== "" || words.nameMissing })} />
      {editing === null ? (
        <>
          <Controller
            control={control}
            name="scope"
            render={({ field: { value, onChange } }) => (
              <Radio.Group label={words.scope} value={value} onChange={onChange}>
                <Stack gap="xs" mt={4}>
                  {(["call", "manage"] as const).map((scope) => (
                    <Radio key={scope} value={scope} label={texts.scopes[scope]} description={texts.scopeAbout[scope]} />
                  ))}
                </Stack>
              </Radio.Group>
            )}
          />
          {(applications.data ?? []).length === 0 ? null : (
            <Controller
              control={control}
              name="applicationId"
              render={({ field: { value, onChange } }) => (
                <Select label={words.application} description={words.applicationAbout} placeholder={words.noApplication} data={applications.data ?? []} value={value} onChange={onChange} clearable error={errors.applicationId?.message} />
              )}
            />
          )}
        </>
      ) : null}
      <Controller
        control={control}
        name="models"
        render={({ field: { value, onChange } }) => (
          <TagsInput label={words.models} description={words.modelsAbout} placeholder={value.length === 0 ? texts.allModels : ""} data={names} value={value} onChange={onChange} error={errors.models?.message} />
        )}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Controller
          control={control}
          name="expiry"
          render={({ field: { value, onChange } }) => <Select label={words.expires} data={expiries} value={value} onChange={onChange} allowDeselect={false} error={errors.expiry?.message} />}
        />
        {expiry === "day" ? (
          <TextInput type="date" label={words.day} error={errors.day?.message} {...register("day", { validate: (day, all) => all.expiry !== "day" || isToCome(day) || words.dayMissing })} />
        ) : null}
      </SimpleGrid>
      {editing === null ? (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {(["perMinute", "parallel"] as const).map((name) => (
            <Controller
              key={name}
              control={control}
              name={name}
              rules={{ validate: (value) => value === "" || Number(value) >= 1 || words.limitWrong }}
              render={({ field: { value, onChange } }) => (
                <NumberInput label={words[name]} placeholder={words.noLimit} allowDecimal={false} allowNegative={false} value={value} onChange={onChange} error={errors[name]?.message} />
              )}
            />
          ))}
        </SimpleGrid>
      ) : null}
    </FormDialog>
  );
}
