import { Accordion, Text } from "@mantine/core";
import { type ComponentProps, type ReactNode, useState } from "react";
import { texts } from "../texts";
import { ConditionFields } from "./ConditionFields";

/** Conditions, folded until somebody looks, and open where something in them is wrong; `children` stand below them. */
export function ConditionFold({ label, children, ...fields }: { label: string; children?: ReactNode } & ComponentProps<typeof ConditionFields>) {
  const [open, setOpen] = useState(false);
  const wrong = fields.problems.hours !== undefined || fields.problems.metadata !== undefined;
  return (
    <Accordion mt="xs" value={open || wrong ? "conditions" : null} onChange={(value) => setOpen(value !== null)}>
      <Accordion.Item value="conditions">
        <Accordion.Control>{label}</Accordion.Control>
        <Accordion.Panel>
          <Text size="sm" c="dimmed" mb="xs">
            {texts.form.conditionsAbout}
          </Text>
          <ConditionFields {...fields} />
          {children}
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
