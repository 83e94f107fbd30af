import { Box, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ago } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { notifyDone, notifyFailed } from "@/shared/ui/notify";
import { endSession, type OwnSession, sessionsQuery } from "../api";
import { nameDevice } from "../device";
import { texts } from "../texts";

/** Where one is signed in, with a way to end each. */
export function SessionList() {
  const query = useQuery(sessionsQuery);
  return (
    <Loaded query={query} skeleton={<ListSkeleton rows={2} label={texts.account.sessions} />}>
      {(sessions) => (
        <Stack gap="sm">
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

function SessionRow({ session }: { session: OwnSession }) {
  const queries = useQueryClient();
  const ending = useMutation({
    mutationFn: endSession,
    onSuccess: () => {
      notifyDone(texts.account.ended);
      void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
    onError: notifyFailed,
  });
  const device = nameDevice(session.userAgent);
  return (
    <Group justify="space-between" wrap="nowrap">
      <Box miw={0}>
        <Text fw={550} truncate>
          {device}
        </Text>
        <Text size="sm" c="dimmed">
          {texts.account.lastUsed(ago(session.lastUsedAt))}
        </Text>
      </Box>
      {session.current ? (
        <Badge tone="good">{texts.account.here}</Badge>
      ) : (
        <Button variant="default" loading={ending.isPending} onClick={() => ending.mutate(session.id)} aria-label={`${texts.account.end}: ${device}`}>
          {texts.account.end}
        </Button>
      )}
    </Group>
  );
}
