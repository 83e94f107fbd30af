import { Modal, Table } from "@mantine/core";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { useProviderNames } from "@/shared/providers";
import { texts as shared } from "@/shared/texts";
import { abilitiesOf, dateOf, type Entry } from "../entries";
import { texts } from "../texts";
import classes from "./CatalogueTable.module.css";

const FACTS: [keyof typeof texts.facts, (entry: Entry, nameOf: (provider: string) => string) => string][] = [
  ["provider", (entry, nameOf) => nameOf(entry.provider)],
  ["abilities", (entry) => abilitiesOf(entry.model).join(", ")],
  ["input", (entry) => usd(entry.input)],
  ["output", (entry) => usd(entry.output)],
  ["context", (entry) => count(entry.model.contextLength)],
  ["output_limit", (entry) => count(entry.model.maxOutputTokens)],
  ["version", (entry) => entry.model.version ?? ""],
  ["date", (entry) => dateOf(entry.model)],
  ["used", (entry) => entry.usedBy.join(", ")],
];

/** Up to four models side by side. */
export function CompareModels({ entries, onClose }: { entries: Entry[]; onClose: () => void }) {
  const nameOf = useProviderNames();
  return (
    <Modal opened onClose={onClose} title={texts.side} size="xl" closeButtonProps={{ "aria-label": shared.close }}>
      <Table.ScrollContainer minWidth={520}>
        <Table className={classes.side}>
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              {entries.map((entry) => (
                <Table.Th key={entry.key} scope="col" className="mono">
                  {entry.model.id}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {FACTS.map(([fact, tell]) => (
              <Table.Tr key={fact}>
                <Table.Th scope="row">{texts.facts[fact]}</Table.Th>
                {entries.map((entry) => (
                  <Table.Td key={entry.key}>{tell(entry, nameOf) || texts.unknown}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Modal>
  );
}
