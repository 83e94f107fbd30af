import { Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { texts } from "@/shared/texts";
import { Problem } from "./Problem";

/**
 * Asks before something is destroyed. `title` names it ("Delete “work”?"), `about` says what is lost, `affected` what depends
 * on it. `typed`: a name that has to be typed first, for what cannot be brought back. A failure is shown here, and it stays open.
 */
export function ConfirmDestroy({
  opened,
  title,
  about,
  affected,
  action,
  typed,
  onConfirm,
  onClose,
}: {
  opened: boolean;
  title: string;
  about: string;
  affected?: string[];
  action: string;
  typed?: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}) {
  const [given, setGiven] = useState("");
  const close = () => {
    setGiven("");
    running.reset();
    onClose();
  };
  const running = useMutation({ mutationFn: onConfirm, onSuccess: close });
  const ready = typed === undefined || given.trim() === typed;
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": texts.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          if (ready) running.mutate();
        }}
      >
        <Stack>
          <Text>{about}</Text>
          {affected !== undefined && affected.length > 0 ? (
            <List size="sm" spacing={4}>
              {affected.map((each) => (
                <List.Item key={each}>{each}</List.Item>
              ))}
            </List>
          ) : null}
          {typed === undefined ? null : (
            <TextInput
              label={texts.destroy.type(typed)}
              value={given}
              onChange={(event) => setGiven(event.currentTarget.value)}
              error={given !== "" && !typed.startsWith(given.trim()) ? texts.destroy.mistyped : undefined}
              autoComplete="off"
              data-autofocus
            />
          )}
          {running.error ? <Problem error={running.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} data-autofocus={typed === undefined ? true : undefined}>
              {texts.cancel}
            </Button>
            <Button type="submit" color="bad" loading={running.isPending} disabled={!ready}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
