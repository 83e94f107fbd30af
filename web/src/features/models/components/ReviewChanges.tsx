import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { DifferenceList } from "@/shared/revisions/DifferenceList";
import type { Difference } from "@/shared/revisions/differences";
import { texts as shared } from "@/shared/texts";
import { texts } from "../texts";

/** Shows what is about to be saved, and asks why. */
export function ReviewChanges({ opened, changes, saving, onClose, onSave }: { opened: boolean; changes: Difference[]; saving: boolean; onClose: () => void; onSave: (reason: string) => void }) {
  const [reason, setReason] = useState("");
  return (
    <Modal opened={opened} onClose={onClose} title={texts.settings.changes} size="lg" closeButtonProps={{ "aria-label": shared.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(reason);
          setReason("");
        }}
      >
        <Stack>
          <DifferenceList differences={changes} />
          <TextInput label={texts.settings.reason} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
            <Button type="submit" loading={saving}>
              {texts.settings.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
