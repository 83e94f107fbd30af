import { Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CopyButton } from "@/shared/ui/CopyButton";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { moment } from "@/shared/format/time";
import { texts as shared } from "@/shared/texts";
import { useWorkspace } from "@/shared/workspace";
import { callQuery } from "../api";
import { texts } from "../texts";
import { CallContent } from "./CallContent";
import { CallFacts } from "./CallFacts";
import { CallLife } from "./CallLife";
import { CallMoney } from "./CallMoney";
import { CallVerdicts } from "./CallVerdicts";
import { Outcome } from "./RequestRow";

/** The whole life of one call. */
export function CallDrawer({ callId, onClose }: { callId: string | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={callId !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={texts.drawer.title}
      closeButtonProps={{ "aria-label": shared.close }}
    >
      {callId === undefined ? null : <CallShown callId={callId} />}
    </Drawer>
  );
}

function CallShown({ callId }: { callId: string }) {
  const { client, id } = useWorkspace();
  const call = useQuery(callQuery(client, id, callId));
  return (
    <Loaded query={call} skeleton={<ListSkeleton rows={6} label={texts.drawer.loading} />}>
      {(told) => (
        <Stack gap="lg">
          <Group gap="sm" wrap="nowrap">
            <ProviderMark provider={told.provider} />
            <div>
              <Text className="mono" fw={550}>
                {told.model}
              </Text>
              <Text size="sm" c="dimmed">
                {moment(told.openedAt)}
              </Text>
            </div>
            <Outcome call={told} />
          </Group>
          <Group gap="xs">
            <Button component={Link} to={"/playground" as never} search={{ replay: told.id } as never} variant="default">
              {texts.drawer.replay}
            </Button>
            <CopyButton value={told.requestId} label={texts.drawer.copyId} />
          </Group>
          {told.error === null ? null : (
            <Text c="var(--tl-bad)">
              {told.error}
              {told.reason === null ? "" : `: ${told.reason}`}
            </Text>
          )}
          <CallLife call={told} />
          <CallMoney call={told} />
          <CallVerdicts call={told} />
          <CallFacts call={told} />
          <CallContent call={told} />
        </Stack>
      )}
    </Loaded>
  );
}
