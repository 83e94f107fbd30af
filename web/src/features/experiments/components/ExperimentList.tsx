import { Box, Group, Paper, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { count } from "@/shared/format/quantity";
import { ago } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { SplitBar } from "@/shared/ui/SplitBar";
import type { Summary } from "../api";
import { texts } from "../texts";
import classes from "./experiments.module.css";

/** A row for each experiment: what it is of, how it is split, and its verdict. */
export function ExperimentList({ experiments }: { experiments: Summary[] }) {
  return (
    <Paper withBorder className={classes.card}>
      {experiments.map((each) => (
        <Link key={each.configId} to="/experiments/$configId" params={{ configId: each.configId }} className={classes.row}>
          <Group gap="sm" wrap="nowrap" miw={0}>
            <ProviderMark provider={each.provider} />
            <Box miw={0}>
              <Text fw={550} truncate>
                {each.name}
              </Text>
              <Text className="mono" c="dimmed" truncate>
                {each.model}
              </Text>
            </Box>
          </Group>
          <Box>
            <Badge tone={each.state === "running" ? "good" : "quiet"}>{texts.states[each.state]}</Badge>
          </Box>
          <Box>
            <Text size="sm">{each.versions.map((version) => `${version.version} ${version.share} %`).join(" · ")}</Text>
            <SplitBar shares={each.versions.map(({ versionId, share }) => ({ id: versionId, share }))} />
          </Box>
          <Box>
            <Text>{each.verdict}</Text>
            <Text size="sm" c="dimmed">
              {texts.users(count(each.versions.reduce((sum, version) => sum + version.units, 0)))}
              {each.phase === null ? "" : ` · ${texts.since(ago(each.phase.startedAt))}`}
            </Text>
          </Box>
        </Link>
      ))}
    </Paper>
  );
}
