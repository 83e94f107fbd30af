import { Group, Modal, Stack, Text } from "@mantine/core";
import { moment } from "@/shared/format/time";
import { DifferenceList } from "@/shared/revisions/DifferenceList";
import { texts as shared } from "@/shared/texts";
import { Badge } from "@/shared/ui/Badge";
import { CopyButton } from "@/shared/ui/CopyButton";
import type { AuditEvent } from "../api";
import { actorOf, changesOf } from "../event";
import { texts } from "../texts";
import { TONES } from "../tones";

const words = texts.details;

/** One event whole: what changed, from where, by which request. */
export function EventDialog({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const outcome = event.outcome === "failed" || event.outcome === "refused" ? event.outcome : "ok";
  const changes = changesOf(event);
  const facts = [
    [words.target, [event.targetType, event.targetName, event.targetId].filter(Boolean).join(" · ")],
    [words.address, event.address],
    [words.request, event.requestId],
    [words.id, event.id],
  ] as const;
  return (
    <Modal opened onClose={onClose} size="xl" title={event.action} closeButtonProps={{ "aria-label": shared.close }}>
      <Stack>
        <Group gap="xs">
          <Badge tone={TONES[outcome]}>{texts.outcomes[outcome]}</Badge>
          <Text c="dimmed">{`${actorOf(event)} · ${moment(event.at)}`}</Text>
        </Group>
        {changes.length === 0 ? <Text c="dimmed">{words.none}</Text> : <DifferenceList differences={changes} />}
        {facts.map(([name, value]) =>
          value ? (
            <Group key={name} gap="xs" wrap="nowrap">
              <Text size="sm" c="dimmed" w={80}>
                {name}
              </Text>
              <Text className="mono" flex={1} style={{ overflowWrap: "anywhere" }}>
                {value}
              </Text>
              <CopyButton value={value} />
            </Group>
          ) : null,
        )}
      </Stack>
    </Modal>
  );
}
