import { Group, SegmentedControl, SimpleGrid, Stack } from "@mantine/core";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { ago, duration } from "@/shared/format/time";
import { useUrlChoice } from "@/shared/search";
import { FigureCard } from "@/shared/ui/FigureCard";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
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
      <Loaded query={usage} skeleton={<ListSkeleton rows={2} label={texts.usage.loading} />}>
        {(stats) => {
          const figures: [string, string, string][] = [
            [texts.usage.requests, count(stats.requestCount), stats.lastUsed === null ? texts.usage.never : texts.usage.last(ago(stats.lastUsed))],
            [texts.usage.tokens, count(stats.tokenCount), texts.usage.tokensAbout(count(stats.inputTokens), count(stats.outputTokens))],
            [texts.usage.cost, usd(stats.costUSD), stats.unpricedCount > 0 ? texts.usage.unpriced(count(stats.unpricedCount)) : ""],
            [texts.usage.errors, percent(stats.errorRate), count(stats.errorCount)],
            [texts.usage.latency, duration(stats.averageLatency), ""],
          ];
          return (
            <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
              {figures.map(([name, figure, about]) => (
                <FigureCard key={name} label={name} figure={figure} about={about} />
              ))}
            </SimpleGrid>
          );
        }}
      </Loaded>
    </Stack>
  );
}
