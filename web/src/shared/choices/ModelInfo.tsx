import { Popover, Table, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Info } from "lucide-react";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { useWorkspace } from "@/shared/workspace";
import { type Choice, choicesQuery, findChoice } from "./choices";
import { factsQuery, type ModelFacts } from "./facts";
import classes from "./ModelInfo.module.css";
import { texts } from "./texts";

/** A model's name that opens what is known of it. `model`: which one answered, where that is known. */
export function ModelInfo({ choice: value, model }: { choice: string; model: string | null }) {
  const { client, id } = useWorkspace();
  const { data: choices = [] } = useQuery(choicesQuery(client, id));
  const found = findChoice(choices, value);
  const choice: Choice = model === null ? found : { ...found, model };
  const name = choice.model ?? choice.name;
  return (
    <Popover position="bottom-start" width={340} withinPortal shadow="none" trapFocus>
      <Popover.Target>
        <UnstyledButton className={classes.chip} aria-label={texts.info(name)}>
          {name} <Info size={12} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Known choice={choice} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Known({ choice }: { choice: Choice }) {
  const { client, id } = useWorkspace();
  const { data: facts } = useQuery(factsQuery(client, id, choice));
  const rows = rowsOf(choice, facts ?? null);
  return (
    <>
      <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={4}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th fw={400} c="dimmed" className={classes.name} scope="row">
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {facts === null ? (
        <Text size="sm" c="dimmed" mt="xs">
          {texts.unknown}
        </Text>
      ) : null}
    </>
  );
}

function rowsOf(choice: Choice, facts: ModelFacts | null): [string, string][] {
  const rows: [string, string | null][] = [
    [texts.model, choice.model ?? texts.route],
    [texts.kind, choice.name],
    [texts.provider, choice.kind === "route" ? null : choice.provider],
    [texts.context, facts?.contextLength ? texts.tokens(count(facts.contextLength)) : null],
    [texts.output, facts?.maxOutputTokens ? texts.tokens(count(facts.maxOutputTokens)) : null],
    [texts.price, facts === null || facts.priceIn === null ? null : texts.inAndOut(usd(facts.priceIn), usd(facts.priceOut))],
    [texts.reads, facts?.inputs.join(", ") || null],
    [texts.can, facts?.abilities.join(", ") || null],
    [texts.version, facts?.version ?? null],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}
