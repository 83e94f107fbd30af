import { Button, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import { changePassword, sessionsQuery } from "../api";
import { texts } from "../texts";

const FIELDS = ["currentPassword", "newPassword"] as const;

/** Replaces one's password. */
export function PasswordForm() {
  const queries = useQueryClient();
  const form = useForm({ defaultValues: { currentPassword: "", newPassword: "" } });
  const changing = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      form.reset();
      notifyDone(texts.account.changed);
      void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
    onError: (error) => showAtFields(error, FIELDS, form.setError),
  });
  const { errors, isDirty } = form.formState;
  return (
    <form noValidate onSubmit={(event) => void form.handleSubmit((given) => changing.mutate(given))(event)}>
      <Stack maw={360} align="stretch">
        <PasswordInput
          label={texts.account.current}
          autoComplete="current-password"
          error={errors.currentPassword?.message}
          {...form.register("currentPassword", { required: texts.fields.password })}
        />
        <PasswordInput
          label={texts.account.fresh}
          autoComplete="new-password"
          description={texts.fields.short}
          error={errors.newPassword?.message}
          {...form.register("newPassword", { validate: (value) => [...value].length >= 8 || texts.fields.short })}
        />
        {changing.error && !isAtFields(changing.error, FIELDS) ? <Problem error={changing.error} /> : null}
        <Button type="submit" loading={changing.isPending} w="fit-content">
          {texts.account.changePassword}
        </Button>
      </Stack>
      <LeaveGuard when={isDirty && !changing.isPending} />
    </form>
  );
}
