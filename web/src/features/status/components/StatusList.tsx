import { Box, Group, Paper, Text, Title } from "@mantine/core";
import { Badge } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { percent } from "@/shared/format/quantity";
import { duration, moment } from "@/shared/format/time";
import { type Health, wordFor } from "@/shared/health";
import type { Status } from "../api";
import { History } from "./History";
import classes from "./StatusList.module.css";

/** A provider, or a configuration. */
export interface StatusRow {
  key: string;
  provider: string;
  name: string;
  about: string;
  state: Health;
  uptime: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  lastError: Status["providers"][number]["lastError"];
  breakers: Status["providers"][number]["breakers"];
  cells: Status["providers"][number]["cells"];
}

/** Rows with a word, 90 cells of history, and figures. */
export function StatusList({ title, rows }: { title: string; rows: StatusRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <Paper withBorder className={classes.frame}>
        {rows.map((row) => {
          const { word, tone } = wordFor(row.state);
          return (
            <Box key={row.key} className={classes.row}>
              <Group gap="sm" wrap="nowrap" miw={0}>
                <ProviderMark provider={row.provider} />
                <Box miw={0}>
                  <Text fw={550} truncate>
                    {row.name}
                  </Text>
                  <Text className="mono" c="dimmed" truncate>
                    {row.about}
                  </Text>
                </Box>
              </Group>
              <Box>
                <Badge tone={tone}>{word}</Badge>
                {row.breakers.length > 0 ? (
                  <Text size="sm" c="dimmed">
                    Routes pass it over
                  </Text>
                ) : null}
              </Box>
              <History cells={row.cells} label={`${row.name}: history`} />
              <Box className={classes.figures}>
                <Text>{row.uptime === null ? "–" : `${percent(row.uptime)} up`}</Text>
                <Text size="sm" c="dimmed">
                  p50 {duration(row.p50Ms)} · p95 {duration(row.p95Ms)}
                </Text>
              </Box>
              {row.lastError && tone !== "good" ? (
                <Text size="sm" c="var(--tl-bad)" className={classes.error}>
                  {row.lastError.message} ({moment(row.lastError.at)})
                </Text>
              ) : null}
            </Box>
          );
        })}
      </Paper>
    </section>
  );
}
