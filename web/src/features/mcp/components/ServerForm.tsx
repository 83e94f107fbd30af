import { TextInput } from "@mantine/core";
import { FormProvider, useForm, useWatch } from "react-hook-form";
import { SERVER } from "@/shared/api/address";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { isAddress } from "@/shared/api/sealing";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { useConflicts } from "@/shared/revisions/useConflicts";
import { FormDialog } from "@/shared/ui/FormDialog";
import { notifyDone } from "@/shared/ui/notify";
import { SwitchField } from "@/shared/ui/SwitchField";
import { useWorkspace } from "@/shared/workspace";
import type { McpServer } from "../api";
import { pathOf } from "../connect";
import { begin, isName, placesOf, type ServerFields, shown } from "../form";
import { useKnownTools, useSaveServer } from "../hooks";
import { texts } from "../texts";
import { AllowFields } from "./AllowFields";
import { AuthFields } from "./AuthFields";

const FIELDS = ["name", "url", "tokenUrl", "clientId", "clientSecret", "scope"] as const;
const words = texts.form;

/** Registers an MCP server, or changes `editing`. What is typed stays when saving fails. */
export function ServerForm({ editing, onClose }: { editing: McpServer | null; onClose: () => void }) {
  const { client } = useWorkspace();
  const saving = useSaveServer();
  const known = useKnownTools(editing?.id);
  const form = useForm<ServerFields>({ defaultValues: begin(editing) });
  const name = useWatch({ control: form.control, name: "name" }).trim();
  const { errors, isDirty } = form.formState;
  const { save, conflict } = useConflicts({
    editing,
    form,
    saving,
    begin,
    draftOf: (given: ServerFields) => given,
    shown: (given) => shown(given, words.secretNew),
    read: ({ id }) => client.mcpServers.get(id),
    onSaved: (saved) => {
      notifyDone(texts.done.saved(saved.name));
      onClose();
    },
    onFailed: (error) => showAtFields(error, FIELDS, form.setError, placesOf(form.getValues())),
  });
  return (
    <FormProvider {...form}>
      <FormDialog
        title={editing === null ? words.create : words.edit(editing.name)}
        action={editing === null ? words.make : words.save}
        size="lg"
        changed={isDirty && !saving.isSuccess}
        pending={saving.isPending}
        error={isAtFields(saving.error, [...FIELDS, ...Object.keys(placesOf(form.getValues()))]) ? null : saving.error}
        covered={conflict !== null}
        onClose={onClose}
        onSubmit={save}
      >
        <TextInput
          label={words.name}
          description={words.nameAbout(SERVER + pathOf(name === "" ? "<name>" : name))}
          data-autofocus
          autoComplete="off"
          error={errors.name?.message}
          {...form.register("name", { validate: (given) => isName(given) || words.nameWrong })}
        />
        <TextInput label={words.url} description={words.urlAbout} autoComplete="off" error={errors.url?.message} {...form.register("url", { validate: (url) => isAddress(url) || words.urlWrong })} />
        <AuthFields secretMask={editing?.secretMask ?? null} />
        <AllowFields known={known} />
        <SwitchField label={words.enabled} description={words.enabledAbout} control={form.control} name="enabled" />
      </FormDialog>
      {conflict === null ? null : <ConflictDialog {...conflict} />}
    </FormProvider>
  );
}
