import { Fieldset, Stack } from "@mantine/core";
import type { ReactNode } from "react";

/** Fields of a form, all of which are locked for who may only look. */
export function Fields({ readOnly, children }: { readOnly: boolean; children: ReactNode }) {
  return (
    <Fieldset variant="unstyled" disabled={readOnly} miw={0}>
      <Stack>{children}</Stack>
    </Fieldset>
  );
}
