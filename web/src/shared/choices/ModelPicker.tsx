import { Group, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { useWorkspace } from "@/shared/workspace";
import { type Choice, choicesQuery, findChoice } from "./choices";
import { texts } from "./texts";

/** Of thousands so many are drawn at a time; typing finds the others. */
const MOST_SHOWN = 100;

/** Chooses what to talk with: a configuration, a route or a feature, or any other name that is typed. */
export function ModelPicker({
  value,
  onChange,
  label,
  visible = false,
  size = "sm",
  width,
}: {
  value: string | null;
  onChange: (value: string) => void;
  label: string;
  /** Whether the label is shown; else it is for screen readers. */
  visible?: boolean;
  size?: "xs" | "sm";
  width?: number;
}) {
  const { client, id } = useWorkspace();
  const { data: choices = [] } = useQuery(choicesQuery(client, id));
  const [typed, setTyped] = useState("");
  const shown = value === null ? null : findChoice(choices, value);
  // What is chosen stands first, where it is drawn for sure.
  const listed = shown !== null && !choices.some((choice) => choice.value === shown.value) ? [shown, ...choices] : [...choices];
  const other = typed.trim();
  const isNew = other !== "" && other !== shown?.name && !listed.some((choice) => [choice.value, choice.name].includes(other));
  return (
    <Select
      size={size}
      {...(width === undefined ? {} : { w: width })}
      {...(visible ? { label } : { "aria-label": label })}
      data={[...groupsOf(listed), ...(isNew ? [{ value: other, label: texts.other(other) }] : [])]}
      value={value}
      onChange={(next) => {
        if (next !== null) onChange(next);
      }}
      searchable
      allowDeselect={false}
      maxDropdownHeight={320}
      limit={MOST_SHOWN}
      onSearchChange={setTyped}
      nothingFoundMessage={texts.nothing}
      comboboxProps={{ width: 320, position: "bottom-start" }}
      leftSection={shown === null ? null : <ProviderMark provider={shown.provider} size={20} />}
      renderOption={({ option }) => {
        const choice = listed.find((each) => each.value === option.value);
        return choice === undefined ? option.label : <Option choice={choice} />;
      }}
    />
  );
}

function Option({ choice }: { choice: Choice }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <ProviderMark provider={choice.provider} size={24} />
      <div>
        <Text fw={500}>{choice.name}</Text>
        <Text className="mono" c="dimmed">
          {choice.model ?? texts.route}
        </Text>
      </div>
    </Group>
  );
}

function groupsOf(choices: Choice[]): { group: string; items: { value: string; label: string }[] }[] {
  const named = new Map<string, Choice>();
  // Two of a name: the first is the one that the name means.
  for (const choice of choices) if (!named.has(choice.value)) named.set(choice.value, choice);
  return (["configuration", "route", "feature"] as const)
    .map((kind) => ({
      group: texts.groups[kind],
      items: [...named.values()]
        .filter((choice) => choice.kind === kind)
        .map((choice) => ({ value: choice.value, label: choice.name })),
    }))
    .filter((each) => each.items.length > 0);
}
