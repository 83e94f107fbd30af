import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ago } from "@/shared/format/time";
import { DifferenceList } from "./DifferenceList";
import type { Difference } from "./differences";
import { RevertDialog } from "./RevertDialog";
import { texts } from "./texts";

const asTold = (difference: Difference): Difference[] => [difference];

/** A saved state, as the API tells it. */
interface Revision {
  number: number;
  author: string;
  time: string;
  reason: string;
  diff: { path: string; before?: unknown; after?: unknown }[];
}

/**
 * All saved states of something, the newest first, each with what it changed and a way back to it. `revert` goes back for a reason;
 * absent: one may not. `about` says what becomes of what is there now, `show` how a difference is told.
 */
export function RevisionList({
  revisions,
  current,
  about,
  revert,
  show = asTold,
}: {
  revisions: Revision[];
  current: number;
  about: string;
  revert: ((number: number, reason: string) => Promise<unknown>) | undefined;
  show?: (difference: Difference) => Difference[];
}) {
  const [wanted, setWanted] = useState<number | null>(null);
  if (revisions.length === 0) return <Text c="dimmed">{texts.none}</Text>;
  return (
    <Stack>
      {revisions.map(({ number, author, time, reason, diff }) => (
        <Paper key={number} withBorder p="md" component="section" aria-label={texts.number(number)}>
          <Group justify="space-between" align="flex-start" mb={diff.length > 0 ? "xs" : 0}>
            <div>
              <Group gap="xs">
                <Text fw={550}>{texts.number(number)}</Text>
                {number === current ? (
                  <Badge variant="default" size="sm" tt="none" fw={500}>
                    {texts.current}
                  </Badge>
                ) : null}
              </Group>
              <Text size="sm" c="dimmed">
                {texts.by(author, ago(time))}
              </Text>
              {reason === "" ? null : <Text>{reason}</Text>}
            </div>
            {number === current || revert === undefined ? null : (
              <Button variant="default" onClick={() => setWanted(number)}>
                {texts.revert}
              </Button>
            )}
          </Group>
          {diff.length === 0 ? (
            <Text size="sm" c="dimmed">
              {texts.first}
            </Text>
          ) : (
            <DifferenceList differences={diff.flatMap(({ path, before, after }) => show({ path, before: before ?? null, after: after ?? null }))} />
          )}
        </Paper>
      ))}
      {wanted === null || revert === undefined ? null : <RevertDialog number={wanted} about={about} revert={(reason) => revert(wanted, reason)} onClose={() => setWanted(null)} />}
    </Stack>
  );
}
