import { Table, Text, UnstyledButton } from "@mantine/core";
import { moment } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { TableFrame } from "@/shared/ui/TableFrame";
import type { AuditEvent } from "../api";
import { actorOf, changesOf } from "../event";
import { TONES } from "../tones";
import { texts } from "../texts";

/** The events, the newest first; one opens by its action. */
export function EventList({ events, onOpen }: { events: AuditEvent[]; onOpen: (event: AuditEvent) => void }) {
  const words = texts.columns;
  return (
    <TableFrame
      label={texts.list}
      cards
      head={<ColumnHeads columns={[[words.what], [words.who, "sm"], [words.outcome], [words.when, "md"]]} />}
    >
      {events.map((event) => {
        const outcome = event.outcome === "failed" || event.outcome === "refused" ? event.outcome : "ok";
        const fields = [...new Set(changesOf(event).map(({ path }) => path.split(".")[0]))];
        return (
          <Table.Tr key={event.id}>
            <Table.Td>
              <UnstyledButton onClick={() => onOpen(event)} mih={24} aria-label={texts.show([event.action, event.targetName].filter(Boolean).join(" "))}>
                <Text className="mono" c="var(--tl-accent)">
                  {event.action}
                </Text>
              </UnstyledButton>
              <Text size="sm" c="dimmed" lineClamp={2}>
                {[event.targetName ?? event.targetId, fields.slice(0, 5).join(", ")].filter(Boolean).join(" · ")}
              </Text>
            </Table.Td>
            <Fact label={words.who} from="sm">{actorOf(event)}</Fact>
            <Fact label={words.outcome}>
              <Badge tone={TONES[outcome]}>{texts.outcomes[outcome]}</Badge>
            </Fact>
            <Fact label={words.when} from="md" style={{ whiteSpace: "nowrap" }}>
              {moment(event.at)}
            </Fact>
          </Table.Tr>
        );
      })}
    </TableFrame>
  );
}
