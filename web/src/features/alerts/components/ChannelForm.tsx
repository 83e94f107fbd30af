import { Button, Group, Modal, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { Controller, useForm, useWatch } from "react-hook-form";
import type { CreateAlertChannelRequest } from "@trunkline/client";
import { texts as shared } from "@/shared/texts";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { Problem } from "@/shared/ui/Problem";
import { useAlertChanges } from "../api";
import { texts } from "../texts";

interface Fields {
  kind: CreateAlertChannelRequest["kind"];
  name: string;
  url: string;
  addresses: string[];
}

/** A new channel. The secret that is made for a webhook is shown this once. */
export function ChannelForm({ onClose }: { onClose: () => void }) {
  const { channels: words } = texts;
  const { makeChannel } = useAlertChanges();
  const form = useForm<Fields>({ defaultValues: { kind: "webhook", name: "", url: "", addresses: [] } });
  const kind = useWatch({ control: form.control, name: "kind" });
  const { errors } = form.formState;
  const save = form.handleSubmit((given) =>
    makeChannel.mutate(
      { kind: given.kind, name: given.name.trim(), ...(given.kind === "email" ? { addresses: given.addresses } : { url: given.url.trim() }) },
      {
        onSuccess: (made) => {
          if (made.secret === null) onClose();
        },
      },
    ),
  );
  const secret = makeChannel.data?.secret ?? null;
  if (secret !== null) {
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
  return (
    <Modal opened onClose={onClose} title={words.make} closeButtonProps={{ "aria-label": shared.close }}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <Stack>
          <Controller
            name="kind"
            control={form.control}
            render={({ field }) => <Select {...field} label={words.kind} allowDeselect={false} data={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))} />}
          />
          <TextInput label={words.name} error={errors.name?.message} {...form.register("name", { required: words.nameRequired })} />
          {kind === "email" ? (
            <Controller
              name="addresses"
              control={form.control}
              rules={{ validate: (given) => given.length > 0 || words.addressesRequired }}
              render={({ field }) => <TagsInput {...field} label={words.addresses} description={words.addressesAbout} error={errors.addresses?.message} acceptValueOnBlur />}
            />
          ) : (
            <TextInput
              label={words.url}
              description={words.urlAbout[kind]}
              error={errors.url?.message}
              {...form.register("url", { pattern: { value: /^\s*https?:\/\/\S+\s*$/, message: words.urlRequired }, required: words.urlRequired })}
            />
          )}
          {makeChannel.error ? <Problem error={makeChannel.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
            <Button type="submit" loading={makeChannel.isPending}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
