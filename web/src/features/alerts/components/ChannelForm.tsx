import { Button, Group, Modal, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { TrunklineError } from "@trunkline/client";
import { useState } from "react";
import { Controller, useForm, useWatch } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { differences } from "@/shared/revisions/differences";
import { texts as shared } from "@/shared/texts";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { FormDialog } from "@/shared/ui/FormDialog";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { SwitchField } from "@/shared/ui/SwitchField";
import { useWorkspace } from "@/shared/workspace";
import { type AlertChannel, useAlertChanges } from "../api";
import { type ChannelFields, channelChange, fieldsOfChannel, newChannel } from "../channelForm";
import { texts } from "../texts";

const FIELDS = ["name", "url", "secret", "addresses"] as const;
const words = texts.channels;

/** A new channel, or a change of `channel`. The secret that is made for a new webhook is shown this once. */
export function ChannelForm({ channel, onClose }: { channel: AlertChannel | null; onClose: () => void }) {
  const { client } = useWorkspace();
  const { makeChannel, changeChannel } = useAlertChanges();
  const [base, setBase] = useState(channel);
  const [theirs, setTheirs] = useState<AlertChannel | null>(null);
  const form = useForm<ChannelFields>({ defaultValues: fieldsOfChannel(channel) });
  const given = useWatch({ control: form.control }) as ChannelFields;
  const { errors, isDirty } = form.formState;
  const saving = base === null ? makeChannel : changeChannel;
  const send = async (values: ChannelFields, onto: AlertChannel | null): Promise<void> => {
    try {
      if (onto === null) {
        const made = await makeChannel.mutateAsync(newChannel(values));
        if (made.secret !== null) return;
      } else {
        await changeChannel.mutateAsync({ channel: onto, body: channelChange(onto, values) });
      }
      onClose();
    } catch (error) {
      if (onto !== null && error instanceof TrunklineError && error.status === 412) {
        changeChannel.reset();
        setTheirs(await client.alerts.channels.get(onto.id));
        return;
      }
      setTheirs(null);
      showAtFields(error, FIELDS, form.setError);
    }
  };

  const secret = makeChannel.data?.secret ?? null;
  if (secret !== null) return <NewSecret secret={secret} onClose={onClose} />;
  return (
    <>
      <FormDialog
        title={base === null ? words.make : words.editTitle(base.name)}
        action={words.save}
        changed={isDirty && !saving.isSuccess}
        pending={saving.isPending}
        error={isAtFields(saving.error, FIELDS) ? null : saving.error}
        covered={theirs !== null}
        onClose={onClose}
        onSubmit={() => void form.handleSubmit((values) => send(values, base))()}
      >
        <Controller
          name="kind"
          control={form.control}
          render={({ field }) => (
            <Select {...field} label={words.kind} disabled={base !== null} allowDeselect={false} data={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))} />
          )}
        />
        <TextInput label={words.name} data-autofocus error={errors.name?.message} {...form.register("name", { validate: (name) => name.trim() !== "" || words.nameRequired })} />
        {given.kind === "email" ? (
          <Controller
            name="addresses"
            control={form.control}
            rules={{ validate: (typed) => typed.length > 0 || words.addressesRequired }}
            render={({ field }) => <TagsInput {...field} label={words.addresses} description={words.addressesAbout} error={errors.addresses?.message} acceptValueOnBlur />}
          />
        ) : (
          <TextInput
            label={words.url}
            description={base?.kind === "slack" ? words.urlKept(base.url ?? "") : words.urlAbout[given.kind]}
            error={errors.url?.message}
            {...form.register("url", {
              validate: (url) => (base?.kind === "slack" && url.trim() === "") || /^https?:\/\/\S+$/.test(url.trim()) || words.urlRequired,
            })}
          />
        )}
        {base?.kind === "webhook" ? (
          <PasswordInput label={words.secret} description={words.secretKept(base.secretMask ?? "")} autoComplete="off" error={errors.secret?.message} {...form.register("secret")} />
        ) : null}
        {base === null ? null : <SwitchField label={words.enabled} description={words.enabledAbout} control={form.control} name="enabled" />}
      </FormDialog>
      {base === null || theirs === null ? null : (
        <ConflictDialog
          mine={differences(shown(fieldsOfChannel(base)), shown(given))}
          theirs={differences(shown(fieldsOfChannel(base)), shown(fieldsOfChannel(theirs)))}
          saving={changeChannel.isPending}
          onMine={() => void send(given, theirs)}
          onTheirs={() => {
            setBase(theirs);
            form.reset(fieldsOfChannel(theirs));
            setTheirs(null);
          }}
          onClose={() => setTheirs(null)}
        />
      )}
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
function shown({ name, url, addresses, enabled, secret }: ChannelFields): object {
  return { name, url, addresses, enabled, secret: secret === "" ? null : words.secretNew };
}
