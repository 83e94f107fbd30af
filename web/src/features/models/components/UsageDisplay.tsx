import { Group, Paper, SegmentedControl, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { ago, duration } from "@/shared/format/time";
import { useUrlChoice } from "@/shared/search";
import { Loaded } from "@/shared/ui/Loaded";
import { PERIODS } from "../api";
import { useUsageStats } from "../hooks";
import { texts } from "../texts";

/** What was used through a configuration in a period: requests, tokens, cost, errors, duration. */
export function UsageDisplay({ configurationId }: { configurationId: string }) {
  const [period, setPeriod] = useUrlChoice("period", PERIODS, "month");
  const usage = useUsageStats(configurationId, period);
  return (
    <Stack>
      <Group>
        <SegmentedControl
          aria-label={texts.usage.period}
          data={PERIODS.map((each) => ({ value: each, label: texts.usage.periods[each] }))}
          value={period}
          onChange={setPeriod}
        />
      </Group>
      <Loaded query={usage} skeleton={<Skeleton height={92} aria-label={texts.usage.loading} />}>
        {(stats) => {
          const figures: [string, string, string][] = [
            [texts.usage.requests, count(stats.requestCount), stats.lastUsed === null ? texts.usage.never : texts.usage.last(ago(stats.lastUsed))],
            [texts.usage.tokens, count(stats.tokenCount), texts.usage.tokensAbout(count(stats.inputTokens), count(stats.outputTokens))],
            [texts.usage.cost, usd(stats.costUSD), stats.unpricedCount > 0 ? texts.usage.unpriced(count(stats.unpricedCount)) : ""],
            [texts.usage.errors, percent(stats.errorRate), count(stats.errorCount)],
            [texts.usage.latency, duration(stats.averageLatency), ""],
          ];
          return (
            <SimpleGrid cols={{ base: 1, xs: 2, md: 5 }}>
              {figures.map(([name, figure, about]) => (
                <Paper key={name} withBorder p="md">
                  <Text size="sm" c="dimmed">
                    {name}
                  </Text>
                  <Text fz={20} fw={600}>
                    {figure}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {about}
                  </Text>
                </Paper>
              ))}
            </SimpleGrid>
          );
        }}
      </Loaded>
    </Stack>
  );
}
