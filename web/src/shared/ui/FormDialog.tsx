import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { texts } from "@/shared/texts";
import { LeaveGuard } from "./LeaveGuard";
import { Problem } from "./Problem";

/**
 * A form in a dialog. What was typed stays there on a failure; closing a form that was changed (`changed`) asks first, and so does
 * leaving the page. `ready`: whether enough is typed to send it. `error`: what went wrong and stands at no field.
 */
export function FormDialog({
  title,
  action,
  changed,
  pending,
  ready = true,
  error,
  size = "md",
  covered = false,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  action: string;
  changed: boolean;
  pending: boolean;
  ready?: boolean;
  error?: unknown;
  size?: "md" | "lg" | "xl";
  /** Whether another dialog lies over this one, which Escape is for then. */
  covered?: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const [asking, setAsking] = useState(false);
  const close = () => (changed && !asking ? setAsking(true) : onClose());
  return (
    <Modal opened onClose={close} title={title} size={size} closeOnClickOutside={!changed} closeOnEscape={!covered} closeButtonProps={{ "aria-label": texts.close }}>
      <LeaveGuard when={changed} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // A dialog inside a form of the page must not send that one.
          event.stopPropagation();
          onSubmit();
        }}
      >
        <Stack>
          {children}
          {error ? <Problem error={error} /> : null}
          {asking ? (
            <Group justify="flex-end" gap="xs" role="alert">
              <Text flex={1}>{texts.leave.about}</Text>
              <Button variant="default" onClick={onClose}>
                {texts.leave.discard}
              </Button>
              <Button onClick={() => setAsking(false)}>{texts.leave.stay}</Button>
            </Group>
          ) : (
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                {texts.cancel}
              </Button>
              <Button type="submit" loading={pending} disabled={!ready}>
                {action}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  );
}
