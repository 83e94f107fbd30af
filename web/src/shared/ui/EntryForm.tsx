import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { Problem } from "@/shared/ui/Problem";
import { texts } from "@/shared/texts";

const FIELDS = ["token", "name", "email", "password"] as const;
type Field = (typeof FIELDS)[number];

/** What somebody types to get in. */
export type Entry = Record<Field, string>;

/**
 * The form of sign-up, invitations, set-up and resets: those of `fields` that it has, and one button. What the server says of a
 * field stands beside it, everything else above the button; what was typed stays.
 */
export function EntryForm({
  fields,
  labels,
  initial,
  action,
  submit,
  done,
}: {
  fields: readonly Field[];
  labels: Partial<Record<Field, string>>;
  initial?: Partial<Entry>;
  action: string;
  submit: (given: Entry) => Promise<unknown>;
  done: () => void;
}) {
  const form = useForm<Entry>({ defaultValues: { token: "", name: "", email: "", password: "", ...initial } });
  const running = useMutation({ mutationFn: submit, onSuccess: done, onError: (error) => showAtFields(error, fields, form.setError) });
  const { errors } = form.formState;
  const first = fields.find((field) => !initial?.[field]);
  const common = (field: Field) => ({ label: labels[field], error: errors[field]?.message, autoFocus: field === first });
  return (
    <form noValidate onSubmit={(event) => void form.handleSubmit((given) => running.mutate(given))(event)}>
      <Stack>
        {fields.includes("token") ? (
          <TextInput {...common("token")} className="mono" autoComplete="off" spellCheck={false} {...form.register("token", { required: texts.entry.token, setValueAs: trimmed })} />
        ) : null}
        {fields.includes("name") ? <TextInput {...common("name")} autoComplete="name" {...form.register("name", { required: texts.entry.name, setValueAs: trimmed })} /> : null}
        {fields.includes("email") ? (
          <TextInput
            {...common("email")}
            type="email"
            autoComplete="username"
            {...form.register("email", { required: texts.entry.email, setValueAs: trimmed, pattern: { value: /^\s*\S+@\S+\s*$/, message: texts.entry.at } })}
          />
        ) : null}
        {fields.includes("password") ? (
          <PasswordInput
            {...common("password")}
            autoComplete="new-password"
            description={texts.entry.short}
            {...form.register("password", { validate: (value) => [...value].length >= 8 || texts.entry.short })}
          />
        ) : null}
        {running.error && !isAtFields(running.error, fields) ? <Problem error={running.error} /> : null}
        <Button type="submit" loading={running.isPending} fullWidth>
          {action}
        </Button>
      </Stack>
    </form>
  );
}

const trimmed = (value: string): string => value.trim();
