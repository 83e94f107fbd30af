import { Box, Group, Text } from "@mantine/core";
import { CallsLink } from "@/shared/calls/CallsLink";
import type { CallSearch } from "@/shared/calls/search";
import { count, percent } from "@/shared/format/quantity";
import { ago, duration } from "@/shared/format/time";
import { type Health, wordFor } from "@/shared/health";
import { Badge } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import type { Status } from "../api";
import { texts } from "../texts";
import { History } from "./History";
import classes from "./StatusList.module.css";

type Told = Pick<Status["providers"][number], "uptime" | "p50Ms" | "p95Ms" | "lastError" | "breakers" | "cells" | "calls" | "failures" | "since" | "provider">;

/** A provider, or a configuration. `search`: which requests are its own. */
export interface StatusRowFacts extends Told {
  key: string;
  name: string;
  about: string;
  state: Health;
  search: CallSearch;
}

/** One of them: a word, 90 cells of history, figures, the last error, and what routes do about it. */
export function StatusRow({ row }: { row: StatusRowFacts }) {
  const { word, tone } = wordFor(row.state);
  const first = row.cells[0]?.from;
  const open = row.breakers.filter((breaker) => breaker.state === "open");
  return (
    <Box className={classes.row}>
      <Group gap="sm" wrap="nowrap" miw={0}>
        <ProviderMark provider={row.provider} />
        <Box miw={0}>
          <Text fw={550} className={classes.name}>
            {row.name}
          </Text>
          <Text size="sm" c="dimmed" className={classes.name}>
            {row.about}
          </Text>
        </Box>
      </Group>
      <Box>
        <Badge tone={tone}>{word}</Badge>
        {row.since === null ? null : (
          <Text size="sm" c="dimmed">
            {texts.since(ago(row.since))}
          </Text>
        )}
      </Box>
      <History cells={row.cells} label={texts.history(row.name)} />
      <Box className={classes.figures}>
        <Text>{row.uptime === null ? "–" : texts.up(percent(row.uptime))}</Text>
        {row.p50Ms === null ? null : (
          <Text size="sm" c="dimmed">
            {texts.latency(duration(row.p50Ms), duration(row.p95Ms))}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          <CallsLink search={row.search} span={{ since: first }} label={`${row.name}: ${texts.calls(count(row.calls), count(row.failures))}`}>
            {texts.calls(count(row.calls), count(row.failures))}
          </CallsLink>
        </Text>
      </Box>
      {row.breakers.length === 0 ? null : (
        <Text size="sm" c="var(--tl-fair)" className={classes.error}>
          {open.length === 0 ? texts.halfOpen : texts.open(Math.max(...open.map((breaker) => breaker.seconds)), open.length)}
        </Text>
      )}
      {row.lastError === null ? null : (
        <Text size="sm" c={tone === "good" ? "dimmed" : "var(--tl-bad)"} className={classes.error}>
          {texts.last(row.lastError.message, ago(row.lastError.at))}
        </Text>
      )}
    </Box>
  );
}
