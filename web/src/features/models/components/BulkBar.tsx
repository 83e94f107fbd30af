import { Alert, Button, Group, List, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { describe } from "@/shared/api/problem";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { notifyDone } from "@/shared/ui/notify";
import type { Configuration } from "../api";
import { useDeleteConfiguration, useTestConnection, useUpdateConfiguration } from "../hooks";
import { texts } from "../texts";

type Work = (configuration: Configuration) => Promise<unknown>;

/** What can be done with several configurations at once, one after the other; what fails is told with its reason. */
export function BulkBar({ selected, onClear }: { selected: Configuration[]; onClear: () => void }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [failed, setFailed] = useState<{ of: number; told: string[] } | null>(null);
  const [deleting, { open, close }] = useDisclosure(false);
  const { mutateAsync: test } = useTestConnection();
  const { mutateAsync: update } = useUpdateConfiguration();
  const { mutateAsync: remove } = useDeleteConfiguration();
  const run = async (name: string, work: Work) => {
    setBusy(name);
    setFailed(null);
    const told: string[] = [];
    for (const configuration of selected) {
      await work(configuration).catch((error: unknown) => told.push(`${configuration.name}: ${describe(error).what}`));
    }
    setBusy(null);
    if (told.length > 0) setFailed({ of: selected.length, told });
    else notifyDone(texts.bulk.done(selected.length));
  };
  const change = (body: Record<string, unknown>): Work => ({ id }) => update({ configurationId: id, body });
  const actions: [string, Work][] = [
    [texts.bulk.test, ({ id }) => test(id)],
    [texts.bulk.on, change({ isActive: true })],
    [texts.bulk.off, change({ isActive: false })],
    [texts.bulk.share, change({ shared: true })],
    [texts.bulk.unshare, change({ shared: false })],
  ];
  return (
    <>
      <Paper withBorder p="xs" mb="sm" role="toolbar" aria-label={texts.bulk.label}>
        <Group gap="xs">
          <Text component="output" fw={550} mx="xs">
            {texts.bulk.selected(selected.length)}
          </Text>
          {actions.map(([name, work]) => (
            <Button key={name} size="xs" variant="default" loading={busy === name} disabled={busy !== null} onClick={() => void run(name, work)}>
              {name}
            </Button>
          ))}
          <Button size="xs" variant="default" c="var(--tl-bad)" disabled={busy !== null} onClick={open}>
            {texts.bulk.delete}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
            {texts.bulk.clear}
          </Button>
        </Group>
      </Paper>
      {failed === null ? null : (
        <Alert color="bad" variant="outline" mb="sm" role="alert" title={texts.bulk.failed(failed.told.length, failed.of)}>
          <List size="sm">
            {failed.told.map((each) => (
              <List.Item key={each}>{each}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <ConfirmDestroy
        opened={deleting}
        title={texts.bulk.deleteTitle(selected.length)}
        about={texts.bulk.deleteAbout}
        affected={selected.map((each) => each.name)}
        action={texts.bulk.delete}
        onConfirm={() => run(texts.bulk.delete, ({ id }) => remove(id))}
        onClose={close}
      />
    </>
  );
}
