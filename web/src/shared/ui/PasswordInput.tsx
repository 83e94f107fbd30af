import { PasswordInput as MantinePasswordInput, type PasswordInputProps } from "@mantine/core";

/** Mantine's field for secrets, which tells screen readers too when something is wrong with what it holds. */
export function PasswordInput(props: PasswordInputProps) {
  return <MantinePasswordInput aria-invalid={props.error ? true : undefined} {...props} />;
}
