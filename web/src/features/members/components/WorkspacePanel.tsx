import { Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import { useMay, useWorkspace } from "@/shared/workspace";
import type { Workspace } from "../api";
import { useRemovals, useRename } from "../hooks";
import { texts } from "../texts";

const words = texts.workspace;

/** The workspace itself: its name, leaving it, deleting it. */
export function WorkspacePanel({ workspace }: { workspace: Workspace }) {
  const { userId } = useWorkspace();
  const mayChange = useMay("workspaces.change");
  const mayDelete = useMay("workspaces.delete");
  const { remove, destroy } = useRemovals();
  const [asked, setAsked] = useState<"leave" | "delete" | null>(null);
  const close = () => setAsked(null);
  return (
    <Stack>
      {mayChange ? <Rename workspace={workspace} /> : null}
      {workspace.personal ? null : (
        <Card>
          <Group justify="space-between">
            <Text c="dimmed">{words.leaveAbout}</Text>
            <Button variant="default" onClick={() => setAsked("leave")}>
              {words.leave}
            </Button>
          </Group>
        </Card>
      )}
      {mayDelete && !workspace.personal ? (
        <Card>
          <Group justify="space-between">
            <Text c="dimmed" maw={560}>
              {words.deleteAbout}
            </Text>
            <Button variant="outline" color="bad" onClick={() => setAsked("delete")}>
              {words.delete}
            </Button>
          </Group>
        </Card>
      ) : null}
      {asked === "leave" ? (
        <ConfirmDestroy opened title={words.leaving(workspace.name)} about={words.leaveAbout} action={words.leave} onClose={close} onConfirm={() => remove(userId)} />
      ) : null}
      {asked === "delete" ? (
        <ConfirmDestroy opened title={words.deleting(workspace.name)} about={words.deleteAbout} action={words.delete} typed={workspace.name} onClose={close} onConfirm={destroy} />
      ) : null}
    </Stack>
  );
}

function Rename({ workspace }: { workspace: Workspace }) {
  const renaming = useRename();
  const { register, handleSubmit, reset, formState } = useForm({ defaultValues: { name: workspace.name } });
  const rename = handleSubmit(async ({ name }) => {
    await renaming.mutateAsync(name.trim());
    reset({ name: name.trim() });
    notifyDone(texts.done.renamed);
  });
  return (
    <Card>
      <LeaveGuard when={formState.isDirty} />
      <form noValidate onSubmit={(event) => void rename(event).catch(() => undefined)}>
        <Group align="flex-end">
          <TextInput flex={1} label={words.rename} error={formState.errors.name?.message} {...register("name", { validate: (name) => name.trim() !== "" || words.nameMissing })} />
          <Button type="submit" variant="default" loading={renaming.isPending} disabled={!formState.isDirty}>
            {words.renameAction}
          </Button>
        </Group>
        {renaming.error ? <Problem error={renaming.error} /> : null}
      </form>
    </Card>
  );
}
