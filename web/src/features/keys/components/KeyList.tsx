import { Table, Text } from "@mantine/core";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { ActionsHead } from "@/shared/ui/ActionsHead";
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

/** The table. On a phone each row keeps its name, its last use and what can be done. */
export function KeyList({ keys, limits, onEdit, onRevoke }: { keys: Key[]; limits: Limit[]; onEdit: (key: Key) => void; onRevoke: (key: Key) => void }) {
  const person = useNames("user");
  const application = useNames("application");
  const mayChange = useMay("keys.change");
  const words = texts.columns;
  return (
    <TableFrame
      label={texts.list}
      head={
        <>
          <Table.Th>{words.name}</Table.Th>
          <Table.Th visibleFrom="sm">{words.scope}</Table.Th>
          <Table.Th visibleFrom="md">{words.limits}</Table.Th>
          <Table.Th visibleFrom="sm">{words.expires}</Table.Th>
          <Table.Th>{words.used}</Table.Th>
          <Table.Th visibleFrom="lg">{words.by}</Table.Th>
          <ActionsHead />
        </>
      }
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
            <Table.Td visibleFrom="sm">
              <Text>{texts.scopes[key.scope === "manage" ? "manage" : "call"]}</Text>
              <Text size="sm" c="dimmed">
                {[key.models.length === 0 ? texts.allModels : texts.someModels(key.models), app === null ? "" : texts.inApplication(app)].filter(Boolean).join(" · ")}
              </Text>
            </Table.Td>
            <Table.Td visibleFrom="md">
              {[...own, ...usual].map((limit) => (
                <Text key={limit.id} size="sm">
                  {texts.limit(count(limit.amount), limit.measure, limit.window)}
                  {limit.subjectId === null ? <Text span c="dimmed">{` ${texts.eachLimit}`}</Text> : null}
                </Text>
              ))}
              {own.length + usual.length === 0 ? "–" : null}
            </Table.Td>
            <Table.Td visibleFrom="sm">{key.expiresAt === null ? texts.never : moment(key.expiresAt)}</Table.Td>
            <Table.Td>
              <Badge tone={TONES[state]}>{texts.states[state]}</Badge>
              {key.lastUsedAt === null ? null : (
                <Text size="sm" c="dimmed">
                  {ago(key.lastUsedAt)}
                </Text>
              )}
            </Table.Td>
            <Table.Td visibleFrom="lg">{person(key.userId) ?? texts.gone}</Table.Td>
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
