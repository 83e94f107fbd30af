import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { texts } from "@/shared/texts";

const UNDO_MS = 10_000;

/** Says in the corner that something was done, with a button that takes it back. */
export function notifyUndo(message: string, undo: () => void): void {
  const id = notifications.show({
    color: "good",
    autoClose: UNDO_MS,
    withBorder: true,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        {message}
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {texts.undo}
        </Button>
      </Group>
    ),
  });
}
