import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { texts } from "@/shared/texts";

/**
 * Asks before another page is opened, the tab closed or the page loaded anew, as long as `when` holds: a form that was
 * changed. Going to another tab or step of the same page is no leaving.
 */
export function LeaveGuard({ when }: { when: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  return (
    <Modal opened={status === "blocked"} onClose={() => reset?.()} title={texts.leave.title} closeButtonProps={{ "aria-label": texts.close }}>
      <Stack>
        <Text>{texts.leave.about}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => proceed?.()}>
            {texts.leave.go}
          </Button>
          <Button onClick={() => reset?.()} data-autofocus>
            {texts.leave.stay}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
