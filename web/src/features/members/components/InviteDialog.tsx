import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { Controller, useForm } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { SERVER } from "@/shared/api/address";
import { texts as shared } from "@/shared/texts";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { CopyButton } from "@/shared/ui/CopyButton";
import { FormDialog } from "@/shared/ui/FormDialog";
import { useWorkspace } from "@/shared/workspace";
import { type NewInvitation, type Role, ROLES } from "../api";
import { useInvite } from "../hooks";
import { texts } from "../texts";

const FIELDS = ["email", "role"] as const;

/** Invites somebody, by email where the installation sends any, then shows the link, once. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { role: ownRole } = useWorkspace();
  const inviting = useInvite();
  const { control, register, handleSubmit, setError, formState } = useForm({ defaultValues: { email: "", role: "member" as Role } });
  const words = texts.inviteForm;
  if (inviting.data !== undefined) return <Invited invitation={inviting.data} onClose={onClose} />;
  const { errors, isDirty } = formState;
  const roles = ROLES.filter((role) => role !== "owner" || ownRole === "owner");
  return (
    <FormDialog
      title={words.title}
      action={words.action}
      changed={isDirty}
      pending={inviting.isPending}
      error={isAtFields(inviting.error, FIELDS) ? null : inviting.error}
      onClose={onClose}
      onSubmit={() => void handleSubmit((given) => inviting.mutateAsync(given).catch((failure: unknown) => showAtFields(failure, FIELDS, setError)))()}
    >
      <TextInput
        label={words.email}
        description={words.emailAbout}
        type="email"
        data-autofocus
        error={errors.email?.message}
        {...register("email", { validate: (email) => /^\S+@\S+$/.test(email.trim()) || words.emailWrong })}
      />
      <Controller
        control={control}
        name="role"
        render={({ field }) => (
          <Select label={words.role} description={texts.rolesAbout[field.value]} data={roles.map((value) => ({ value, label: texts.roles[value] }))} allowDeselect={false} error={errors.role?.message} {...field} />
        )}
      />
    </FormDialog>
  );
}

function Invited({ invitation, onClose }: { invitation: NewInvitation; onClose: () => void }) {
  const words = texts.invited;
  // Behind the #, so that no server and no proxy on the way writes it into a log.
  const link = `${SERVER}/console/invitation#${invitation.token}`;
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={words.title(invitation.email)} size="lg">
      <Stack>
        {invitation.emailProblem === null ? null : (
          <Alert color="bad" variant="outline" role="alert" title={words.notEmailed}>
            {invitation.emailProblem}
          </Alert>
        )}
        <Text>{invitation.emailed ? words.emailed(invitation.email) : words.about}</Text>
        <CodeBlock code={link} label={words.link} wrap />
        <Group justify="flex-end" gap="xs">
          <CopyButton value={link} label={words.copy} />
          <Button onClick={onClose}>{invitation.emailed ? shared.close : words.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
