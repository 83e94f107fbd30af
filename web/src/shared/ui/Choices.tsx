import { Group, UnstyledButton } from "@mantine/core";
import classes from "./Chip.module.css";

/** A row of buttons of which one is pressed. */
export function Choices<Value extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: readonly (readonly [value: Value, word: string])[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <Group gap="xs" component="fieldset" className={classes.choices} aria-label={label}>
      {choices.map(([each, word]) => (
        <UnstyledButton key={each} className={classes.chip} data-set={each === value || undefined} aria-pressed={each === value} onClick={() => onChange(each)}>
          {word}
        </UnstyledButton>
      ))}
    </Group>
  );
}
