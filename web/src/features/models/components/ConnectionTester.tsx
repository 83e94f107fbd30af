import { Box, Button, Code, Collapse, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { TestStage } from "@trunkline/client";
import { duration } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { failureOf, type StageRow, stageRows } from "../stages";
import { texts } from "../texts";
import classes from "./ConnectionTester.module.css";

/** A connection test, stage by stage as they end, and where it failed whose fault it is and what to do. */
export function ConnectionTester({
  provider,
  title,
  about,
  stages,
  running,
  onTest,
  renderRemedies,
  hint = null,
}: {
  provider: string;
  title: string;
  about: string;
  stages: TestStage[];
  running: boolean;
  onTest: () => void;
  /** Buttons that mend a failure of that stage. */
  renderRemedies?: (failed: StageRow["kind"]) => ReactNode;
  /** Another address to try where nothing listens: that of the machine around a container. */
  hint?: string | null;
}) {
  const failed = failureOf(stages);
  return (
    <Stack>
      <Paper withBorder className={classes.frame}>
        <Group justify="space-between" p="md" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <ProviderMark provider={provider} />
            <Box miw={0}>
              <Text fw={550}>{title}</Text>
              <Text size="sm" c="dimmed" truncate>
                {about}
              </Text>
            </Box>
          </Group>
          <Button variant="default" onClick={onTest} loading={running}>
            {stages.length === 0 ? texts.test.run : texts.test.again}
          </Button>
        </Group>
        <Box component="ol" className={classes.stages} aria-live="polite">
          {stageRows(stages, running).map((row) => (
            <li key={row.kind} className={classes.stage} data-state={row.state}>
              <span className={classes.mark} aria-hidden>
                {row.state === "running" ? <Loader size={12} /> : <span className={classes.dot} />}
              </span>
              <Box flex={1} miw={0}>
                <Text fw={550}>{texts.test.stages[row.kind]}</Text>
                <Text size="sm" c="dimmed" className={classes.message}>
                  {row.message || wordFor(row)}
                </Text>
              </Box>
              <Text c="dimmed" className="figure">
                {row.ms === null ? "" : duration(row.ms)}
              </Text>
            </li>
          ))}
        </Box>
      </Paper>
      {failed === null ? null : <Failure kind={failed.kind} stage={failed.stage} remedies={renderRemedies?.(failed.kind)} hint={failed.kind === "connection" ? hint : null} />}
    </Stack>
  );
}

function wordFor(row: StageRow): string {
  return row.state === "running" ? texts.test.running : row.state === "skipped" ? texts.test.skipped : texts.test.waiting;
}

function Failure({ kind, stage, remedies, hint }: { kind: StageRow["kind"]; stage: TestStage; remedies: ReactNode; hint: string | null }) {
  const [open, { toggle }] = useDisclosure(false);
  const [first = "", ...rest] = stage.message.split(/(?<=[.!?])\s+/);
  return (
    <Paper withBorder p="md" role="alert" className={classes.failure}>
      <Stack gap="xs" align="flex-start">
        <Group gap="xs">
          <Badge tone="bad">{texts.test.failures[kind]}</Badge>
          <Text fw={600}>{first}</Text>
        </Group>
        {rest.length > 0 ? <Text c="dimmed">{rest.join(" ")}</Text> : null}
        {hint === null ? null : <Text c="dimmed">{texts.key.container(hint)}</Text>}
        <Group gap="xs">
          {remedies}
          {Object.keys(stage.details).length > 0 ? (
            <Button variant="default" onClick={toggle} aria-expanded={open}>
              {texts.test.details}
            </Button>
          ) : null}
        </Group>
        <Collapse expanded={open}>
          <Code block>{JSON.stringify(stage.details, null, 2)}</Code>
        </Collapse>
      </Stack>
    </Paper>
  );
}
