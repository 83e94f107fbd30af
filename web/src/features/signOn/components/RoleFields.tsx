import { Input, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { Controller, type FieldPathByValue, useFieldArray, useFormContext, useWatch } from "react-hook-form";
import { AddRow, FieldRow } from "@/shared/ui/FieldRow";
import { NEW_GROUP, type ProviderFields, ROLES } from "../form";
import { useOpenable } from "../hooks";
import { texts } from "../texts";

const words = texts.form;
const ROLE_CHOICES = ROLES.map((value) => ({ value, label: texts.roles[value] }));

/** Which group has which role where, and what everybody else has. */
export function RoleFields() {
  const { control, register, formState } = useFormContext<ProviderFields>();
  const { fields, append, remove } = useFieldArray({ control, name: "groupRoles" });
  const workspaces = useOpenable();
  const rest = useWatch({ control, name: "restWorkspaceId" });
  const errors = formState.errors.groupRoles;
  const only = workspaces?.length === 1 ? (workspaces[0]?.value ?? "") : "";
  return (
    <>
      <Input.Wrapper label={words.groupRoles} description={words.groupRolesAbout} labelElement="div">
        {fields.map((field, at) => (
          <FieldRow key={field.id} remove={words.removeGroup(at + 1)} onRemove={() => remove(at)}>
            <TextInput
              aria-label={words.groupAt(at + 1)}
              placeholder={words.group}
              autoComplete="off"
              error={errors?.[at]?.group?.message}
              {...register(`groupRoles.${at}.group`, { validate: (group) => group.trim() !== "" || words.groupMissing })}
            />
            <Choice name={`groupRoles.${at}.workspaceId`} label={words.workspaceAt(at + 1)} placeholder={words.workspace} data={workspaces ?? []} missing={words.workspaceMissing} error={errors?.[at]?.workspaceId?.message} wide />
            <Choice name={`groupRoles.${at}.role`} label={words.roleAt(at + 1)} placeholder={words.role} data={ROLE_CHOICES} missing={words.role} error={errors?.[at]?.role?.message} />
          </FieldRow>
        ))}
        <AddRow label={words.addGroup} onAdd={() => append({ ...NEW_GROUP, workspaceId: only })} />
      </Input.Wrapper>
      {workspaces?.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noWorkspaces}
        </Text>
      ) : null}
      <Input.Wrapper label={words.rest} labelElement="div">
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Controller
            control={control}
            name="restWorkspaceId"
            render={({ field: { value, onChange } }) => (
              <Select
                aria-label={words.restWorkspace}
                data={[{ value: "refused", label: words.restRefused }, ...known(workspaces ?? [], value)]}
                value={value || "refused"}
                allowDeselect={false}
                onChange={(next) => onChange(next === "refused" ? "" : (next ?? ""))}
                error={formState.errors.restWorkspaceId?.message}
              />
            )}
          />
          {rest === "" ? null : (
            <Controller
              control={control}
              name="restRole"
              render={({ field: { value, onChange } }) => <Select aria-label={words.restRole} data={ROLE_CHOICES} value={value} allowDeselect={false} onChange={onChange} />}
            />
          )}
        </SimpleGrid>
      </Input.Wrapper>
    </>
  );
}

/** A workspace that was opened by somebody else stays what it is. */
function known<Value extends { value: string; label: string }>(data: readonly Value[], value: string): { value: string; label: string }[] {
  return value === "" || data.some((each) => each.value === value) ? [...data] : [...data, { value, label: value }];
}

function Choice({
  name,
  label,
  placeholder,
  data,
  missing,
  error,
  wide = false,
}: {
  name: FieldPathByValue<ProviderFields, string>;
  label: string;
  placeholder: string;
  data: readonly { value: string; label: string }[];
  missing: string;
  error: string | undefined;
  wide?: boolean;
}) {
  const { control } = useFormContext<ProviderFields>();
  return (
    <Controller
      control={control}
      name={name}
      rules={{ required: missing }}
      render={({ field: { value, onChange, onBlur, ref } }) => (
        <Select
          ref={ref}
          aria-label={label}
          placeholder={placeholder}
          data={known(data, value)}
          value={value || null}
          searchable={wide}
          allowDeselect={false}
          onChange={(next) => onChange(next ?? "")}
          onBlur={onBlur}
          error={error}
        />
      )}
    />
  );
}
