import { List, Paper, Stack, Text } from "@mantine/core";
import { count } from "@/shared/format/quantity";
import { Badge } from "@/shared/ui/Badge";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import type { AuditChain } from "../api";
import { texts } from "../texts";

const words = texts.verified;

/** What was found about the chain of events. */
export function Verification({ chain }: { chain: AuditChain }) {
  return (
    <Paper withBorder p="md" mb="md" component="section" aria-label={texts.verify}>
      <Stack gap="xs" align="flex-start">
        <output>
          <Badge tone={chain.valid ? "good" : "bad"}>{chain.valid ? words.good : words.bad}</Badge>
        </output>
        <Text>{chain.valid ? words.goodAbout(count(chain.events), chain.pending) : words.badAbout(count(chain.events))}</Text>
        {chain.faults.length === 0 ? null : (
          <List size="sm">
            {chain.faults.map((fault) => (
              <List.Item key={`${fault.kind} ${fault.sequence ?? ""} ${fault.eventId ?? ""}`}>{`${fault.sequence === null ? "" : words.at(fault.sequence)}${fault.message}`}</List.Item>
            ))}
          </List>
        )}
        {chain.events === 0 ? null : (
          <>
            <Text size="sm" c="dimmed">
              {words.head}
            </Text>
            <CodeBlock code={chain.head} label={words.headLabel} wrap />
          </>
        )}
      </Stack>
    </Paper>
  );
}
