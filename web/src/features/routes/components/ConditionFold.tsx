import { Accordion, Text } from "@mantine/core";
import { type ComponentProps, useState } from "react";
import { texts } from "../texts";
import { ConditionFields } from "./ConditionFields";

/** Conditions, folded until somebody looks, and open where something in them is wrong. */
export function ConditionFold({ label, ...fields }: { label: string } & ComponentProps<typeof ConditionFields>) {
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
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
