import { Table, Text } from "@mantine/core";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { count } from "@/shared/format/quantity";
import { texts as shared } from "@/shared/texts";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import { useMay, useWorkspace } from "@/shared/workspace";
import type { Limit } from "../api";
import { texts } from "../texts";
import { amountOf, subjectOf } from "../words";

/** The limits, in words. Who is no admin changes what is theirs alone. */
export function LimitList({ limits, onEdit, onDelete }: { limits: Limit[]; onEdit: (limit: Limit) => void; onDelete: (limit: Limit) => void }) {
  const { userId } = useWorkspace();
  const mayAll = useMay("budgets.change");
  const mayOwn = useMay("limits.change");
  const words = texts.limits;
  return (
    <TableFrame
      label={words.list}
      cards
      head={<ColumnHeads columns={[[words.columns.subject], [words.columns.limit], [words.columns.burst, "sm"], [words.columns.by, "sm"]]} actions />}
    >
      {limits.map((limit) => (
        <Table.Tr key={limit.id}>
          <Table.Td>
            <Text fw={550}>{subjectOf(limit)}</Text>
            {limit.subjectId === null ? null : (
              <Text size="sm" c="dimmed">
                {shared.subject.kinds[limit.subject]}
              </Text>
            )}
            <DeclaredBadge section="limits" thing={limit} />
          </Table.Td>
          <Fact label={words.columns.limit}>{amountOf(limit)}</Fact>
          <Fact label={words.columns.burst} from="sm">{limit.burst === null ? words.whole : count(limit.burst)}</Fact>
          <Fact label={words.columns.by} from="sm">{limit.byAdmin ? words.admin : words.member}</Fact>
          <Table.Td ta="right">
            {mayAll || (mayOwn && limit.createdBy === userId && !limit.byAdmin) ? (
              <RowMenu
                label={words.actionsFor(`${amountOf(limit)}, ${subjectOf(limit)}`)}
                actions={[
                  { label: texts.budgets.edit, run: () => onEdit(limit) },
                  { label: texts.budgets.delete, run: () => onDelete(limit), destroys: true },
                ]}
              />
            ) : null}
          </Table.Td>
        </Table.Tr>
      ))}
    </TableFrame>
  );
}
