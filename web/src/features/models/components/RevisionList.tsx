import { Badge, Button, Group, Modal, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ago } from "@/shared/format/time";
import { texts as shared } from "@/shared/texts";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { type Configuration, type Revision, revisionsQuery } from "../api";
import { useReread } from "../hooks";
import { texts } from "../texts";
import { DifferenceList } from "./DifferenceList";

/** All saved states of a configuration with what each changed, and a way back to any of them. */
export function RevisionList({ configuration, mayChange }: { configuration: Configuration; mayChange: boolean }) {
  const { client, id } = useWorkspace();
  const revisions = useQuery(revisionsQuery(client, id, configuration.id));
  const [wanted, setWanted] = useState<Revision | null>(null);
  return (
    <Loaded query={revisions} skeleton={<ListSkeleton rows={4} label={texts.history.loading} />}>
      {(all) => (
        <Stack>
          {all.map((revision) => (
            <Paper key={revision.number} withBorder p="md" component="section" aria-label={texts.history.number(revision.number)}>
              <Group justify="space-between" align="flex-start" mb={revision.diff.length > 0 ? "xs" : 0}>
                <div>
                  <Group gap="xs">
                    <Text fw={550}>{texts.history.number(revision.number)}</Text>
                    {revision.number === configuration.revision ? (
                      <Badge variant="default" size="sm" tt="none" fw={500}>
                        {texts.history.current}
                      </Badge>
                    ) : null}
                  </Group>
                  <Text size="sm" c="dimmed">
                    {texts.history.by(revision.author, ago(revision.time))}
                  </Text>
                  {revision.reason === "" ? null : <Text>{revision.reason}</Text>}
                </div>
                {revision.number === configuration.revision || !mayChange ? null : (
                  <Button variant="default" onClick={() => setWanted(revision)}>
                    {texts.history.revert}
                  </Button>
                )}
              </Group>
              {revision.diff.length === 0 ? (
                <Text size="sm" c="dimmed">
                  {texts.history.first}
                </Text>
              ) : (
                <DifferenceList differences={revision.diff.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null }))} />
              )}
            </Paper>
          ))}
          {wanted === null ? null : <Revert configuration={configuration} revision={wanted} onClose={() => setWanted(null)} />}
        </Stack>
      )}
    </Loaded>
  );
}

function Revert({ configuration, revision, onClose }: { configuration: Configuration; revision: Revision; onClose: () => void }) {
  const { client } = useWorkspace();
  const reread = useReread();
  const [reason, setReason] = useState("");
  const reverting = useMutation({
    mutationFn: () =>
      client.post("/api/configurations/{configuration_id}/revisions/{number}/revert", {
        path: { configuration_id: configuration.id, number: revision.number },
        body: { reason },
        headers: { "if-match": `"${configuration.revision}"` },
      }),
    onSuccess: async () => {
      await reread(configuration.id);
      notifyDone(texts.history.reverted(revision.number));
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={texts.history.revertTitle(revision.number)} closeButtonProps={{ "aria-label": shared.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          reverting.mutate();
        }}
      >
        <Stack>
          <Text>{texts.history.revertAbout}</Text>
          <TextInput label={texts.settings.reason} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
          {reverting.error ? <Problem error={reverting.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
            <Button type="submit" loading={reverting.isPending}>
              {texts.history.revert}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
