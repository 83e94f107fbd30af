import { Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { texts as shared } from "@/shared/texts";
import { DifferenceList } from "./DifferenceList";
import type { Difference } from "./differences";
import { texts } from "./texts";

/** Somebody saved meanwhile: both sides, and a choice. Nothing of what was typed is lost. */
export function ConflictDialog({
  mine,
  theirs,
  saving,
  onMine,
  onTheirs,
  onClose,
}: {
  mine: Difference[];
  theirs: Difference[];
  saving: boolean;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}) {
  return (
    <Modal opened onClose={onClose} title={texts.conflict} size="xl" closeButtonProps={{ "aria-label": shared.close }}>
      <Stack>
        <Text>{texts.conflictAbout}</Text>
        {([[texts.theirs, theirs], [texts.yours, mine]] as const).map(([side, changes]) => (
          <section key={side} aria-label={side}>
            <Title order={3} fz="md">
              {side}
            </Title>
            <DifferenceList differences={changes} before={texts.before} after={side} />
          </section>
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onTheirs}>
            {texts.takeTheirs}
          </Button>
          <Button onClick={onMine} loading={saving}>
            {texts.keepMine}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
