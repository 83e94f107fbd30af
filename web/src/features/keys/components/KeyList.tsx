import { Table, Text } from "@mantine/core";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import { count } from "@/shared/format/quantity";
import { ago, moment } from "@/shared/format/time";
import { useNames } from "@/shared/subjects/useNames";
import { useMay } from "@/shared/workspace";
import type { Key, Limit } from "../api";
import { type KeyState, limitsOf, stateOf } from "../rows";
import { texts } from "../texts";

const TONES: Record<KeyState, Tone> = { active: "good", soon: "fair", expired: "bad", unused: "quiet" };

/** The table. */
export function KeyList({ keys, limits, onEdit, onRevoke }: { keys: Key[]; limits: Limit[]; onEdit: (key: Key) => void; onRevoke: (key: Key) => void }) {
  const person = useNames("user");
  const application = useNames("application");
  const mayChange = useMay("keys.change");
  const words = texts.columns;
  return (
    <TableFrame
      label={texts.list}
      cards
      head={<ColumnHeads columns={[[words.name], [words.scope, "sm"], [words.limits, "md"], [words.expires, "sm"], [words.used], [words.by, "lg"]]} actions />}
    >
      {keys.map((key) => {
        const state = stateOf(key);
        const { own, usual } = limitsOf(key, limits);
        const app = key.applicationId === null ? null : (application(key.applicationId) ?? key.applicationId);
        return (
          <Table.Tr key={key.id}>
            <Table.Td>
              <Text fw={550}>{key.name}</Text>
              <Text className="mono" c="dimmed">
                {key.key}
              </Text>
            </Table.Td>
            <Fact label={words.scope} from="sm">
              <Text>{texts.scopes[key.scope === "manage" ? "manage" : "call"]}</Text>
              <Text size="sm" c="dimmed">
                {[key.models.length === 0 ? texts.allModels : texts.someModels(key.models), app === null ? "" : texts.inApplication(app)].filter(Boolean).join(" · ")}
              </Text>
            </Fact>
            <Fact label={words.limits} from="md">
              {[...own, ...usual].map((limit) => (
                <Text key={limit.id} size="sm">
                  {texts.limit(count(limit.amount), limit.measure, limit.window)}
                  {limit.subjectId === null ? <Text span c="dimmed">{` ${texts.eachLimit}`}</Text> : null}
                </Text>
              ))}
              {own.length + usual.length === 0 ? "–" : null}
            </Fact>
            <Fact label={words.expires} from="sm">{key.expiresAt === null ? texts.never : moment(key.expiresAt)}</Fact>
            <Fact label={words.used}>
              <Badge tone={TONES[state]}>{texts.states[state]}</Badge>
              {key.lastUsedAt === null ? null : (
                <Text size="sm" c="dimmed">
                  {ago(key.lastUsedAt)}
                </Text>
              )}
            </Fact>
            <Fact label={words.by} from="lg">{person(key.userId) ?? texts.gone}</Fact>
            <Table.Td ta="right">
              {mayChange ? (
                <RowMenu
                  label={texts.actionsFor(key.name)}
                  actions={[
                    { label: texts.edit, run: () => onEdit(key) },
                    { label: texts.revoke, run: () => onRevoke(key), destroys: true },
                  ]}
                />
              ) : null}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </TableFrame>
  );
}
