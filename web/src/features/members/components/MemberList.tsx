import { Select, Table, Text } from "@mantine/core";
import { moment } from "@/shared/format/time";
import { notifyDone, notifyFailed } from "@/shared/ui/notify";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import { useMay, useWorkspace } from "@/shared/workspace";
import { type Member, ROLES } from "../api";
import { useChangeRole } from "../hooks";
import { texts } from "../texts";

/** The members. Admins give roles and remove; owners are for owners alone. */
export function MemberList({ members, onRemove }: { members: Member[]; onRemove: (member: Member) => void }) {
  const mayChange = useMay("members.change");
  const { role: ownRole, userId: ownId } = useWorkspace();
  const changing = useChangeRole();
  const grantable = ROLES.filter((role) => role !== "owner" || ownRole === "owner");
  return (
    <TableFrame
      label={texts.list}
      cards
      head={<ColumnHeads columns={[[texts.columns.name], [texts.columns.role], [texts.columns.joined, "sm"]]} actions />}
    >
      {members.map((member) => {
        const name = member.name || member.email;
        const mine = mayChange && (member.role !== "owner" || ownRole === "owner");
        return (
          <Table.Tr key={member.userId}>
            <Table.Td>
              <Text fw={550}>
                {name}
                {member.userId === ownId ? (
                  <Text span c="dimmed">
                    {` · ${texts.you}`}
                  </Text>
                ) : null}
              </Text>
              <Text size="sm" c="dimmed">
                {member.email}
              </Text>
            </Table.Td>
            <Fact label={texts.columns.role}>
              {mine && member.userId !== ownId ? (
                <Select
                  size="xs"
                  maw={130}
                  aria-label={texts.roleOf(name)}
                  data={grantable.map((value) => ({ value, label: texts.roles[value] }))}
                  value={member.role}
                  allowDeselect={false}
                  disabled={changing.isPending}
                  onChange={(next) => {
                    const role = ROLES.find((each) => each === next);
                    if (role === undefined || role === member.role) return;
                    changing.mutate({ userId: member.userId, role }, { onSuccess: () => notifyDone(texts.done.role(name, role)), onError: notifyFailed });
                  }}
                />
              ) : (
                (ROLES.filter((role) => role === member.role).map((role) => texts.roles[role])[0] ?? member.role)
              )}
            </Fact>
            <Fact label={texts.columns.joined} from="sm">{moment(member.joinedAt)}</Fact>
            <Table.Td ta="right">
              {mine && member.userId !== ownId ? (
                <RowMenu label={texts.actionsFor(name)} actions={[{ label: texts.remove, run: () => onRemove(member), destroys: true }]} />
              ) : null}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </TableFrame>
  );
}
