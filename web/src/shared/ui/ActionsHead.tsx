import { Table, VisuallyHidden } from "@mantine/core";
import { texts } from "@/shared/texts";

/** The head of a table's last column, where a `RowMenu` stands. */
export function ActionsHead() {
  return (
    <Table.Th w={52}>
      <VisuallyHidden>{texts.actions}</VisuallyHidden>
    </Table.Th>
  );
}
