import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { texts } from "@/shared/texts";

/** Asks whether to go, where that loses what was changed. */
export function LeaveDialog({ opened, onStay, onGo }: { opened: boolean; onStay: () => void; onGo: () => void }) {
  return (
    <Modal opened={opened} onClose={onStay} title={texts.leave.title} closeButtonProps={{ "aria-label": texts.close }}>
      <Stack>
        <Text>{texts.leave.about}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onGo}>
            {texts.leave.go}
          </Button>
          <Button onClick={onStay} data-autofocus>
            {texts.leave.stay}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
