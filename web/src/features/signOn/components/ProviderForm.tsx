import { SimpleGrid, TagsInput, Text, TextInput } from "@mantine/core";
import { Controller, FormProvider, useForm, useWatch } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { CAN_SEAL, isAddress } from "@/shared/api/sealing";
import { slugify } from "@/shared/format/slug";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { useConflicts } from "@/shared/revisions/useConflicts";
import { FormDialog } from "@/shared/ui/FormDialog";
import { notifyDone } from "@/shared/ui/notify";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { SwitchField } from "@/shared/ui/SwitchField";
import { useWorkspace } from "@/shared/workspace";
import type { IdentityProvider } from "../api";
import { begin, isSlug, placesOf, type ProviderFields, shown } from "../form";
import { useSaveProvider } from "../hooks";
import { texts } from "../texts";
import { RedirectUri } from "./RedirectUri";
import { RoleFields } from "./RoleFields";

const FIELDS = ["name", "slug", "issuer", "clientId", "clientSecret", "groupsClaim"] as const;
const words = texts.form;

/** Adds an identity provider, or changes `editing`. What is typed stays when saving fails. */
export function ProviderForm({ editing, onClose }: { editing: IdentityProvider | null; onClose: () => void }) {
  const { client } = useWorkspace();
  const saving = useSaveProvider();
  const form = useForm<ProviderFields>({ defaultValues: begin(editing) });
  const { control, register, setValue } = form;
  const { errors, isDirty, dirtyFields } = form.formState;
  const [slug, publicClient] = useWatch({ control, name: ["slug", "publicClient"] });
  const mask = editing?.clientSecretMask ?? null;
  const { save, conflict } = useConflicts({
    editing,
    form,
    saving,
    begin,
    draftOf: (given: ProviderFields) => given,
    shown: (given) => shown(given, words.secretNew),
    read: ({ id }) => client.identityProviders.get(id),
    onSaved: ({ name, enabled }) => {
      notifyDone(enabled ? texts.done.saved(name) : texts.done.off(name));
      onClose();
    },
    onFailed: (error) => showAtFields(error, FIELDS, form.setError, placesOf(form.getValues())),
  });
  return (
    <FormProvider {...form}>
      <FormDialog
        title={editing === null ? words.create : words.edit(editing.name)}
        action={editing === null ? words.make : words.save}
        size="xl"
        changed={isDirty && !saving.isSuccess}
        pending={saving.isPending}
        error={isAtFields(saving.error, [...FIELDS, ...Object.keys(placesOf(form.getValues()))]) ? null : saving.error}
        covered={conflict !== null}
        onClose={onClose}
        onSubmit={save}
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label={words.name}
            description={words.nameAbout}
            data-autofocus
            error={errors.name?.message}
            {...register("name", {
              validate: (name) => name.trim() !== "" || words.nameMissing,
              onChange: (event: { target: { value: string } }) => {
                if (editing === null && dirtyFields.slug !== true) setValue("slug", slugify(event.target.value));
              },
            })}
          />
          <TextInput label={words.slug} description={words.slugAbout} disabled={editing !== null} autoComplete="off" error={errors.slug?.message} {...register("slug", { validate: (given) => isSlug(given) || words.slugWrong })} />
        </SimpleGrid>
        <RedirectUri uri={editing?.redirectUri ?? null} slug={slug} />
        <TextInput label={words.issuer} description={words.issuerAbout} autoComplete="off" error={errors.issuer?.message} {...register("issuer", { validate: (issuer) => isAddress(issuer) || words.issuerWrong })} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={words.clientId} autoComplete="off" error={errors.clientId?.message} {...register("clientId", { validate: (id) => id.trim() !== "" || words.clientIdMissing })} />
          <PasswordInput label={words.clientSecret} autoComplete="off" disabled={publicClient} error={errors.clientSecret?.message} {...register("clientSecret")} />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          {[mask === null ? words.clientSecretAbout : words.clientSecretKept(mask), ...(CAN_SEAL ? [words.sealed] : [])].join(" ")}
        </Text>
        {mask === null ? null : <SwitchField label={words.publicClient} control={control} name="publicClient" />}
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Controller control={control} name="scopes" render={({ field }) => <TagsInput label={words.scopes} description={words.scopesAbout} acceptValueOnBlur error={errors.scopes?.message} {...field} />} />
          <TextInput label={words.groupsClaim} autoComplete="off" error={errors.groupsClaim?.message} {...register("groupsClaim", { required: words.groupsClaim })} />
        </SimpleGrid>
        <RoleFields />
        <SwitchField label={words.links} description={words.linksAbout} control={control} name="linksByEmail" />
        <SwitchField label={words.enabled} description={words.enabledAbout} control={control} name="enabled" />
      </FormDialog>
      {conflict === null ? null : <ConflictDialog {...conflict} />}
    </FormProvider>
  );
}
