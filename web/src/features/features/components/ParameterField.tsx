import { ActionIcon, Box, Group, NumberInput, Slider, Text, Tooltip } from "@mantine/core";
import { RotateCcw } from "lucide-react";
import { useId } from "react";
import { texts } from "../texts";
import classes from "./ParameterField.module.css";

/** A number by slider and by typing. Unset it is not sent; `lack` says why the model does not take it. */
export function ParameterField({
  label,
  about,
  least,
  most,
  value,
  onChange,
  lack,
  error,
}: {
  label: string;
  about: string;
  least: number;
  most: number;
  value: number | null;
  onChange: (value: number | null) => void;
  lack: boolean;
  error: string | undefined;
}) {
  const id = useId();
  const disabled = lack && value === null;
  return (
    <Box>
      <Group justify="space-between" mih={26} wrap="nowrap">
        <Text component="label" htmlFor={id} fw={550} size="sm">
          {label}
        </Text>
        {value === null ? null : (
          <Tooltip label={texts.clear(label)}>
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={texts.clear(label)} onClick={() => onChange(null)}>
              <RotateCcw size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <Group gap="sm" wrap="nowrap">
        <Slider
          flex={1}
          size="sm"
          label={null}
          min={least}
          max={most}
          step={0.05}
          value={value ?? Math.max(least, 0)}
          disabled={disabled}
          className={value === null ? (classes.unset ?? "") : ""}
          thumbLabel={label}
          onChange={(next) => onChange(Number(next.toFixed(2)))}
        />
        <NumberInput
          id={id}
          w={88}
          hideControls
          step={0.05}
          value={value ?? ""}
          placeholder={texts.unset}
          disabled={disabled}
          error={error !== undefined}
          aria-describedby={`${id}-about`}
          onChange={(next) => onChange(typeof next === "number" ? next : null)}
        />
      </Group>
      <Text id={`${id}-about`} size="sm" c={error === undefined ? "dimmed" : "var(--tl-bad)"} mt={2}>
        {error ?? (lack ? texts.unsupported : value === null ? texts.unsetAbout : about)}
      </Text>
    </Box>
  );
}
