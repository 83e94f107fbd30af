import { ActionIcon, Box, Group, Text, Tooltip } from "@mantine/core";
import { RotateCcw } from "lucide-react";
import { useId } from "react";
import type { Field } from "./field";
import { ParameterControl } from "./ParameterControl";
import classes from "./ParameterField.module.css";
import { texts } from "./texts";

/** One setting: unset it is not sent, `lack` says why the model does not take it, and it can be taken back by itself. */
export function ParameterField({
  field,
  value,
  lack,
  error,
  readOnly = false,
  onChange,
}: {
  field: Field;
  value: unknown;
  lack?: string | undefined;
  error?: string | undefined;
  readOnly?: boolean;
  onChange: (value: unknown) => void;
}) {
  const id = useId();
  const isSet = value !== undefined;
  const disabled = readOnly || (lack !== undefined && !isSet);
  return (
    <Box className={classes.field} data-disabled={disabled || undefined}>
      <Group justify="space-between" wrap="nowrap" mih={26}>
        <Text component="label" htmlFor={id} fw={550} size="sm">
          {field.title}
        </Text>
        {isSet && !readOnly ? (
          <Tooltip label={texts.reset(field.title)}>
            <ActionIcon variant="subtle" color="gray" size={26} aria-label={texts.reset(field.title)} onClick={() => onChange(undefined)}>
              <RotateCcw size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ) : null}
      </Group>
      <ParameterControl id={id} field={field} value={value} disabled={disabled} error={error} onChange={onChange} />
      <Text size="sm" c={error === undefined ? "dimmed" : "var(--tl-bad)"} mt={4} id={`${id}-about`}>
        {error ?? lack ?? field.description}
      </Text>
    </Box>
  );
}
