import { Box, Checkbox, Group, Table, Text } from "@mantine/core";
import { memo } from "react";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { abilitiesOf, dateOf, type Entry } from "../entries";
import { texts } from "../texts";
import classes from "./CatalogueTable.module.css";
import { UseModel } from "./UseModel";

/** A model in the table. */
export const CatalogueRow = memo(function CatalogueRow({ entry, index, chosen, full, onToggle }: { entry: Entry; index: number; chosen: boolean; full: boolean; onToggle: (key: string) => void }) {
  const { model, provider } = entry;
  return (
    <Table.Tr aria-rowindex={index + 2}>
      <Table.Td visibleFrom="sm">
        <Checkbox size="xs" aria-label={texts.compareLabel(model.id)} checked={chosen} disabled={full} onChange={() => onToggle(entry.key)} />
      </Table.Td>
      <Table.Td className={classes.name}>
        <Group gap="sm" wrap="nowrap">
          <ProviderMark provider={provider} size={24} />
          <Box miw={0}>
            <Text className={`mono ${classes.id}`} lineClamp={2} title={model.name}>
              {model.id}
            </Text>
          </Box>
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Text size="sm" c="dimmed" truncate>
          {abilitiesOf(model).join(", ") || texts.unknown}
        </Text>
      </Table.Td>
      <Table.Td className={classes.figure}>{usd(entry.input)}</Table.Td>
      <Table.Td className={classes.figure} visibleFrom="sm">
        {usd(entry.output)}
      </Table.Td>
      <Table.Td className={classes.figure} visibleFrom="sm">
        {count(model.contextLength)}
      </Table.Td>
      <Table.Td visibleFrom="lg">
        <Text size="sm" truncate>
          {[model.version, dateOf(model)].filter(Boolean).join(" · ") || texts.unknown}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="lg">
        <Text size="sm" c="dimmed" truncate>
          {entry.usedBy.join(", ") || texts.unknown}
        </Text>
      </Table.Td>
      <Table.Td>
        <UseModel provider={provider} model={model.id} />
      </Table.Td>
    </Table.Tr>
  );
});
