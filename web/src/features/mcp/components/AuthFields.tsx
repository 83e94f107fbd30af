import { Input, SegmentedControl, Text, TextInput } from "@mantine/core";
import { Controller, useFieldArray, useFormContext, useWatch } from "react-hook-form";
import { CAN_SEAL, isAddress } from "@/shared/api/sealing";
import { AddRow, FieldRow } from "@/shared/ui/FieldRow";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { AUTHS, NEW_HEADER, type ServerFields } from "../form";
import { texts } from "../texts";

const words = texts.form;

/** How Trunkline signs in at the server. `secretMask` shows the stored client secret, if there is one. */
export function AuthFields({ secretMask }: { secretMask: string | null }) {
  const { control } = useFormContext<ServerFields>();
  const auth = useWatch({ control, name: "auth" });
  return (
    <>
      <Controller
        name="auth"
        control={control}
        render={({ field: { value, onChange } }) => (
          <Input.Wrapper label={words.auth} labelElement="div">
            <SegmentedControl fullWidth aria-label={words.auth} value={value} onChange={onChange} data={AUTHS.map((each) => ({ value: each, label: words.auths[each] }))} />
          </Input.Wrapper>
        )}
      />
      {auth === "headers" ? <HeaderFields /> : null}
      {auth === "oauth" ? <OauthFields secretMask={secretMask} /> : null}
      {auth === "none" ? null : (
        <Text size="sm" c="dimmed">
          {CAN_SEAL ? words.sealed : words.plain}
        </Text>
      )}
    </>
  );
}

function HeaderFields() {
  const { control, register, getValues, formState } = useFormContext<ServerFields>();
  const { fields, append, remove } = useFieldArray({ control, name: "headers" });
  const errors = formState.errors.headers;
  const isTwice = (name: string) => getValues("headers").filter((each) => each.name.trim().toLowerCase() === name.trim().toLowerCase()).length > 1;
  return (
    <Input.Wrapper label={words.headers} labelElement="div">
      {fields.map((field, at) => (
        <FieldRow key={field.id} remove={words.removeHeader(at + 1)} onRemove={fields.length === 1 ? undefined : () => remove(at)}>
          <TextInput
            aria-label={words.headerAt(at + 1)}
            placeholder={words.header}
            error={errors?.[at]?.name?.message}
            {...register(`headers.${at}.name`, { validate: (name) => (name.trim() === "" ? words.headerWrong : !isTwice(name) || words.headerTwice) })}
          />
          <PasswordInput
            aria-label={words.valueAt(at + 1)}
            placeholder={field.mask === "" ? words.value : words.stays(field.mask)}
            autoComplete="off"
            error={errors?.[at]?.value?.message}
            {...register(`headers.${at}.value`, { validate: (value) => value.trim() !== "" || field.mask !== "" || words.valueWrong })}
          />
        </FieldRow>
      ))}
      <AddRow label={words.addHeader} onAdd={() => append({ ...NEW_HEADER, name: "" })} />
    </Input.Wrapper>
  );
}

function OauthFields({ secretMask }: { secretMask: string | null }) {
  const { register, formState } = useFormContext<ServerFields>();
  const { errors } = formState;
  return (
    <>
      <TextInput label={words.tokenUrl} description={words.tokenUrlAbout} error={errors.tokenUrl?.message} {...register("tokenUrl", { validate: (url) => isAddress(url) || words.urlWrong })} />
      <TextInput label={words.clientId} autoComplete="off" error={errors.clientId?.message} {...register("clientId", { validate: (id) => id.trim() !== "" || words.clientIdWrong })} />
      <PasswordInput
        label={words.clientSecret}
        autoComplete="off"
        {...(secretMask === null ? {} : { description: words.clientSecretKept(secretMask) })}
        error={errors.clientSecret?.message}
        {...register("clientSecret", { validate: (secret) => secret.trim() !== "" || secretMask !== null || words.clientSecretWrong })}
      />
      <TextInput label={words.scope} description={words.scopeAbout} autoComplete="off" error={errors.scope?.message} {...register("scope")} />
    </>
  );
}
