import { Switch, type SwitchProps } from "@mantine/core";
import { type Control, type FieldPathByValue, type FieldValues, useController } from "react-hook-form";

/**
 * A switch of a form. `register` does not do here: Mantine's switch keeps a state of its own, which does not hear of the form's
 * values, and shows “off” for a value that is on.
 */
export function SwitchField<Values extends FieldValues>({
  control,
  name,
  ...props
}: { control: Control<Values>; name: FieldPathByValue<Values, boolean> } & Omit<SwitchProps, "name" | "checked" | "onChange">) {
  const { field } = useController({ control, name });
  const { value, onChange, ...rest } = field;
  return <Switch {...props} {...rest} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
}
