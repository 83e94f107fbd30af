import { Box, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { Badge } from "@/shared/ui/Badge";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { type AlertChannel, channelsQuery, useAlertChanges } from "../api";
import { texts } from "../texts";
import classes from "./alerts.module.css";
import { ChannelForm } from "./ChannelForm";

/** Where people are told. Each can be tried and changed. */
export function ChannelList() {
  const { client, id } = useWorkspace();
  const channels = useQuery(channelsQuery(client, id));
  const { testChannel, removeChannel } = useAlertChanges();
  const [edited, setEdited] = useState<AlertChannel | "new" | null>(null);
  const [removed, setRemoved] = useState<AlertChannel | null>(null);
  const { channels: words } = texts;
  const make = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setEdited("new")}>
      {words.make}
    </Button>
  );
  return (
    <Stack gap="md">
      <Loaded query={channels} skeleton={<ListSkeleton rows={3} label={texts.loading} />}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState title={words.empty.title} actions={make}>
              {words.empty.about}
            </EmptyState>
          ) : (
            <>
              <Group>{make}</Group>
              <Paper withBorder className={classes.frame}>
                {found.map((channel) => (
                  <Box key={channel.id} className={classes.row}>
                    <Box className={classes.main}>
                      <Text fw={550}>{channel.name}</Text>
                      <Text size="sm" c="dimmed">
                        {words.kinds[channel.kind]} · <span className="mono">{channel.kind === "email" ? channel.addresses.join(", ") : channel.url}</span>
                      </Text>
                      <DeclaredBadge section="channels" thing={channel} />
                      <TestResult name={channel.name} test={testChannel.variables === channel.id ? testChannel.data : undefined} />
                    </Box>
                    {channel.enabled ? null : <Badge tone="quiet">{words.off}</Badge>}
                    <Group gap="xs">
                      <Button size="xs" variant="default" aria-label={words.editOf(channel.name)} onClick={() => setEdited(channel)}>
                        {words.edit}
                      </Button>
                      <Button size="xs" variant="default" loading={testChannel.isPending && testChannel.variables === channel.id} aria-label={words.testOf(channel.name)} onClick={() => testChannel.mutate(channel.id)}>
                        {words.test}
                      </Button>
                      <Button size="xs" variant="default" aria-label={words.removeOf(channel.name)} onClick={() => setRemoved(channel)}>
                        {words.remove}
                      </Button>
                    </Group>
                  </Box>
                ))}
              </Paper>
            </>
          )
        }
      </Loaded>
      {testChannel.error ? <Problem error={testChannel.error} /> : null}
      {edited === null ? null : <ChannelForm channel={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      <ConfirmDestroy
        opened={removed !== null}
        title={words.removeTitle(removed?.name ?? "")}
        about={words.removeAbout}
        action={words.remove}
        onConfirm={() => removeChannel.mutateAsync(removed?.id ?? "")}
        onClose={() => setRemoved(null)}
      />
    </Stack>
  );
}

function TestResult({ name, test }: { name: string; test: { state: string; reason: string | null } | undefined }) {
  if (test === undefined) return null;
  const good = test.state === "sent";
  return <Badge tone={good ? "good" : "bad"}>{good ? texts.channels.sent(name) : texts.channels.failed(test.reason ?? test.state)}</Badge>;
}
