import { Text, TextInput } from "@mantine/core";
import { useForm } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { FormDialog } from "@/shared/ui/FormDialog";
import { useCreateWorkspace } from "../hooks";
import { texts } from "../texts";

const FIELDS = ["name"] as const;

/** Makes a shared workspace, and goes there. */
export function NewWorkspace({ onClose }: { onClose: () => void }) {
  const making = useCreateWorkspace();
  const { register, handleSubmit, setError, formState } = useForm({ defaultValues: { name: "" } });
  const words = texts.workspace;
  const make = handleSubmit(async ({ name }) => {
    try {
      await making.mutateAsync(name.trim());
    } catch (failure) {
      showAtFields(failure, FIELDS, setError);
      return;
    }
    onClose();
  });
  return (
    <FormDialog
      title={words.new}
      action={words.newAction}
      changed={formState.isDirty && !making.isSuccess}
      pending={making.isPending}
      error={isAtFields(making.error, FIELDS) ? null : making.error}
      onClose={onClose}
      onSubmit={() => void make()}
    >
      <Text c="dimmed">{words.newAbout}</Text>
      <TextInput label={words.newName} data-autofocus error={formState.errors.name?.message} {...register("name", { validate: (name) => name.trim() !== "" || words.nameMissing })} />
    </FormDialog>
  );
}
