import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { texts as shared } from "@/shared/texts";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import type { IdentityProvider } from "../api";
import { useScimToken } from "../hooks";
import { texts } from "../texts";

const words = texts.provisioning;

/** The token by which a provider sends users and groups. It is shown once, and closes only when its reader says so. */
export function ScimDialog({ provider, onClose }: { provider: IdentityProvider; onClose: () => void }) {
  const { make, remove } = useScimToken(provider.id);
  const made = make.data;
  const error = make.error ?? remove.error;
  const takeAway = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        notifyDone(words.removed);
        onClose();
      },
    });
  const kept = made === undefined ? { closeButtonProps: { "aria-label": shared.close } } : { withCloseButton: false, closeOnEscape: false, closeOnClickOutside: false };
  return (
    <Modal opened onClose={onClose} title={words.title(provider.name)} size="lg" {...kept}>
      <Stack>
        <Text>{made === undefined ? words.about : words.once}</Text>
        <CodeBlock code={provider.scimUrl} label={words.url} wrap />
        {made === undefined ? null : <CodeBlock code={made.token} label={words.token} wrap />}
        {made === undefined && provider.scimTokenMask !== null ? <Text c="dimmed">{words.has(provider.scimTokenMask)}</Text> : null}
        {error ? <Problem error={error} /> : null}
        <Group justify="flex-end" gap="xs">
          {made === undefined ? (
            <>
              {provider.scimTokenMask === null ? null : (
                <Button variant="outline" color="bad" loading={remove.isPending} onClick={takeAway}>
                  {words.remove}
                </Button>
              )}
              <Button loading={make.isPending} onClick={() => make.mutate()}>
                {provider.scimTokenMask === null ? words.make : words.replace}
              </Button>
            </>
          ) : (
            <Button onClick={onClose}>{words.stored}</Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
