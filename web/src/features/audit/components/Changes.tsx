import { Table, Text } from "@mantine/core";
import { type Change, show } from "../event";
import { texts } from "../texts";
import classes from "./Changes.module.css";

const words = texts.details;

/** What an event changed, like a diff of code. */
export function Changes({ changes }: { changes: Change[] }) {
  if (changes.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <Table verticalSpacing={6} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.field}</Table.Th>
          <Table.Th>{words.before}</Table.Th>
          <Table.Th>{words.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ field, before, after }) => (
          <Table.Tr key={field}>
            <Table.Td className="mono">{field}</Table.Td>
            <Table.Td>{before === undefined ? words.nothing : <del className={classes.old}>{show(before)}</del>}</Table.Td>
            <Table.Td>{after === undefined ? words.nothing : <ins className={classes.next}>{show(after)}</ins>}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
