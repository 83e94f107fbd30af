import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { Problem } from "@/shared/ui/Problem";
import { useChangeConversation } from "../hooks";
import { texts } from "../texts";

const LONGEST = 255;

/** Gives a conversation another title. */
export function RenameDialog({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const [typed, setTyped] = useState(title);
  const changing = useChangeConversation(id);
  return (
    <Modal opened onClose={onClose} title={texts.renameTitle} closeButtonProps={{ "aria-label": texts.cancel }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          changing.mutate({ title: typed.trim() }, { onSuccess: onClose });
        }}
      >
        <Stack>
          <TextInput label={texts.name} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} maxLength={LONGEST} data-autofocus />
          {changing.error ? <Problem error={changing.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button type="submit" disabled={typed.trim() === ""} loading={changing.isPending}>
              {texts.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
