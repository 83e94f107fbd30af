import { Table, Text } from "@mantine/core";
import { TableFrame } from "@/shared/ui/TableFrame";
import { type Role, ROLES } from "../api";
import { texts } from "../texts";

const words = texts.matrix;
/** On a phone there is room for those in the middle, which differ most. */
const WIDE: Record<Role, { visibleFrom?: "xs" }> = { viewer: { visibleFrom: "xs" }, member: {}, admin: {}, owner: { visibleFrom: "xs" } };

/** What each role may do, in words. */
export function RoleMatrix() {
  return (
    <>
      <Text c="dimmed" mb="sm">
        {words.about}
      </Text>
      <TableFrame
        label={words.list}
        head={
          <>
            <Table.Th>{words.action}</Table.Th>
            {ROLES.map((role) => (
              <Table.Th key={role} {...WIDE[role]}>
                {texts.roles[role]}
              </Table.Th>
            ))}
          </>
        }
      >
        {words.rows.map(([what, ...may]) => (
          <Table.Tr key={what}>
            <Table.Td>{what}</Table.Td>
            {may.map((each, index) => {
              const role = ROLES[index] ?? "viewer";
              return (
                <Table.Td key={role} {...WIDE[role]}>
                  <Text span {...(each === "no" ? { c: "dimmed" } : {})}>
                    {words[each]}
                  </Text>
                </Table.Td>
              );
            })}
          </Table.Tr>
        ))}
      </TableFrame>
    </>
  );
}
