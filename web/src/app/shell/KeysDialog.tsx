import { Group, Kbd, Modal, Stack, Text } from "@mantine/core";
import { keyNames, listShortcuts } from "@/shared/keys";
import { texts as shared } from "@/shared/texts";
import { texts } from "./texts";

const ALWAYS = [
  { keys: "Esc", what: texts.keys.close },
  { keys: "Tab", what: texts.keys.next },
];

/** What can be pressed on this page. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={texts.keys.title} closeButtonProps={{ "aria-label": shared.close }}>
      <Stack gap="sm">
        {[...listShortcuts(), ...ALWAYS].map(({ keys, what }) => (
          <Group key={keys} justify="space-between" wrap="nowrap">
            <Text>{what}</Text>
            <Group gap={4} wrap="nowrap">
              {keyNames(keys).map((name) => (
                <Kbd key={name}>{name}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
