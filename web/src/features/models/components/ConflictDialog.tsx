import { Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { texts as shared } from "@/shared/texts";
import type { Configuration } from "../api";
import { differences, type Editable, editable } from "../difference";
import { texts } from "../texts";
import { DifferenceList } from "./DifferenceList";

/** Somebody saved meanwhile: both sides, and a choice. Nothing of what was typed is lost. */
export function ConflictDialog({
  base,
  mine,
  theirs,
  saving,
  onMine,
  onTheirs,
  onClose,
}: {
  base: Configuration;
  mine: Editable;
  theirs: Configuration;
  saving: boolean;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}) {
  return (
    <Modal opened onClose={onClose} title={texts.settings.conflictTitle} size="xl" closeButtonProps={{ "aria-label": shared.close }}>
      <Stack>
        <Text>{texts.settings.conflictAbout}</Text>
        <section aria-label={texts.settings.theirs}>
          <Title order={3} fz="md">
            {texts.settings.theirs}
          </Title>
          <DifferenceList differences={differences(editable(base), editable(theirs))} before={texts.settings.was} after={texts.settings.theirs} />
        </section>
        <section aria-label={texts.settings.yours}>
          <Title order={3} fz="md">
            {texts.settings.yours}
          </Title>
          <DifferenceList differences={differences(editable(base), mine)} before={texts.settings.was} after={texts.settings.yours} />
        </section>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onTheirs}>
            {texts.settings.takeTheirs}
          </Button>
          <Button onClick={onMine} loading={saving}>
            {texts.settings.keepMine}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
