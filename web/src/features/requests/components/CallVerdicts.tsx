import { Text } from "@mantine/core";
import { Badge } from "@/shared/ui/Badge";
import type { Call } from "../api";
import { texts } from "../texts";
import { Section } from "./Section";

/** Which policies it broke, and what came of it. */
export function CallVerdicts({ call }: { call: Call }) {
  const { drawer } = texts;
  return (
    <Section title={drawer.policies}>
      {call.verdicts.length === 0 ? <Text c="dimmed">{drawer.noVerdicts}</Text> : null}
      {call.verdicts.map((verdict) => (
        <div key={verdict.policyId}>
          <Badge tone={verdict.actionType === 2 ? "bad" : "fair"}>{drawer.actions[verdict.actionType] ?? ""}</Badge> {verdict.policyName}
          <Text size="sm" c="dimmed">
            {verdict.explanation}
          </Text>
        </div>
      ))}
    </Section>
  );
}
