import { Table } from "@mantine/core";
import { type Difference, show, unfold } from "./differences";
import classes from "./DifferenceList.module.css";
import { texts } from "./texts";

/** What changes, like a diff of code: each setting with its value before and after. */
export function DifferenceList({ differences, before = texts.before, after = texts.after }: { differences: Difference[]; before?: string; after?: string }) {
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table className={classes.table} verticalSpacing={6} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.field}</Table.Th>
            <Table.Th>{before}</Table.Th>
            <Table.Th>{after}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.flatMap(unfold).map((each) => (
            <Table.Tr key={each.path}>
              <Table.Td className="mono">{each.path.replace(/^configuration\./, "")}</Table.Td>
              <Table.Td>{each.before === null ? texts.nothing : <del className={classes.old}>{show(each.before)}</del>}</Table.Td>
              <Table.Td>{each.after === null ? texts.nothing : <ins className={classes.next}>{show(each.after)}</ins>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

