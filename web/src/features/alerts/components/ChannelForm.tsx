import { Button, Group, Modal, Select, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { Controller, useForm, useWatch } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { useConflicts } from "@/shared/revisions/useConflicts";
import { texts as shared } from "@/shared/texts";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { FormDialog } from "@/shared/ui/FormDialog";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { SwitchField } from "@/shared/ui/SwitchField";
import { useWorkspace } from "@/shared/workspace";
import { type AlertChannel, useAlertChanges } from "../api";
import { type ChannelFields, fieldsOfChannel, readSettings } from "../channelForm";
import { texts } from "../texts";

const FIELDS = ["name", "url", "secret", "addresses", "extension", "settings"] as const;
const words = texts.channels;

/** A new channel, or a change of `channel`. The secret that is made for a new webhook is shown this once. */
export function ChannelForm({ channel, onClose }: { channel: AlertChannel | null; onClose: () => void }) {
  const { client } = useWorkspace();
  const { saveChannel } = useAlertChanges();
  const form = useForm<ChannelFields>({ defaultValues: fieldsOfChannel(channel) });
  const kind = useWatch({ control: form.control, name: "kind" });
  const { errors, isDirty } = form.formState;
  const { save, conflict } = useConflicts({
    editing: channel,
    form,
    saving: saveChannel,
    begin: fieldsOfChannel,
    draftOf: (given: ChannelFields) => given,
    shown,
    read: ({ id }) => client.alerts.channels.get(id),
    onSaved: (saved) => {
      if (saved.secret === null) onClose();
    },
    onFailed: (error) => showAtFields(error, FIELDS, form.setError),
  });
  const secret = saveChannel.data?.secret ?? null;
  if (secret !== null) return <NewSecret secret={secret} onClose={onClose} />;
  return (
    <>
      <FormDialog
        title={channel === null ? words.make : words.editTitle(channel.name)}
        action={words.save}
        changed={isDirty && !saveChannel.isSuccess}
        pending={saveChannel.isPending}
        error={isAtFields(saveChannel.error, FIELDS) ? null : saveChannel.error}
        covered={conflict !== null}
        onClose={onClose}
        onSubmit={save}
      >
        <Controller
          name="kind"
          control={form.control}
          render={({ field }) => (
            <Select {...field} label={words.kind} disabled={channel !== null} allowDeselect={false} data={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))} />
          )}
        />
        <TextInput label={words.name} data-autofocus error={errors.name?.message} {...form.register("name", { validate: (name) => name.trim() !== "" || words.nameRequired })} />
        {kind === "extension" ? (
          <>
            <TextInput
              label={words.extension}
              description={words.extensionAbout}
              disabled={channel !== null}
              error={errors.extension?.message}
              {...form.register("extension", { validate: (name) => name.trim() !== "" || words.extensionRequired })}
            />
            <Textarea
              label={words.settings}
              description={words.settingsAbout}
              autosize
              minRows={2}
              error={errors.settings?.message}
              {...form.register("settings", { validate: (typed) => readSettings(typed) !== null || words.settingsRequired })}
            />
          </>
        ) : null}
        {kind === "email" ? (
          <Controller
            name="addresses"
            control={form.control}
            rules={{ validate: (typed) => typed.length > 0 || words.addressesRequired }}
            render={({ field }) => <TagsInput {...field} label={words.addresses} description={words.addressesAbout} error={errors.addresses?.message} acceptValueOnBlur />}
          />
        ) : (
          <TextInput
            label={words.url}
            description={channel?.kind === "slack" ? words.urlKept(channel.url ?? "") : words.urlAbout[kind]}
            error={errors.url?.message}
            {...form.register("url", {
              validate: (url) => ((channel?.kind === "slack" || kind === "extension") && url.trim() === "") || /^https?:\/\/\S+$/.test(url.trim()) || words.urlRequired,
            })}
          />
        )}
        {kind === "extension" ? (
          <PasswordInput
            label={words.extensionSecret}
            description={channel?.secretMask == null ? words.extensionSecretAbout : words.secretKept(channel.secretMask)}
            autoComplete="off"
            error={errors.secret?.message}
            {...form.register("secret")}
          />
        ) : null}
        {channel?.kind === "webhook" ? (
          <PasswordInput label={words.secret} description={words.secretKept(channel.secretMask ?? "")} autoComplete="off" error={errors.secret?.message} {...form.register("secret")} />
        ) : null}
        {channel === null ? null : <SwitchField label={words.enabled} description={words.enabledAbout} control={form.control} name="enabled" />}
      </FormDialog>
      {conflict === null ? null : <ConflictDialog {...conflict} />}
    </>
  );
}

function NewSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={words.secretTitle} closeButtonProps={{ "aria-label": shared.close }}>
      <Stack>
        <Text>{words.secretAbout}</Text>
        <CodeBlock code={secret} label={words.secretTitle} wrap />
        <Group justify="flex-end">
          <Button onClick={onClose}>{words.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** What may be seen of the fields: of a secret only that it changes. */
function shown({ name, url, addresses, enabled, secret, settings }: ChannelFields): object {
  return { name, url, addresses, enabled, settings, secret: secret === "" ? null : words.secretNew };
}
