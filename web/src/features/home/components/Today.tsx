import { Anchor, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CallsLink } from "@/shared/calls/CallsLink";
import type { CallSearch } from "@/shared/calls/search";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { zoneName } from "@/shared/format/zone";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { FigureCard } from "@/shared/ui/FigureCard";
import { useWorkspace } from "@/shared/workspace";
import { todayQuery } from "../api";
import { texts } from "../texts";

const words = texts.today;

/** What today cost, and for what. Each figure opens the requests that it sums. */
export function Today() {
  const { client, id } = useWorkspace();
  const query = useQuery(todayQuery(client, id));
  return (
    <Loaded query={query} skeleton={<ListSkeleton rows={1} label={words.title} />}>
      {({ totals, userId, periodStart, periodEnd }) => {
        const figures: { label: string; figure: string; about: string; search?: CallSearch }[] = [
          { label: words.cost, figure: usd(totals.costUSD), about: totals.unpricedCount > 0 ? words.unpriced(count(totals.unpricedCount)) : "" },
          { label: words.requests, figure: count(totals.requestCount), about: "" },
          { label: words.tokens, figure: count(totals.tokenCount), about: words.inOut(count(totals.inputTokens), count(totals.outputTokens)) },
          {
            label: words.errors,
            figure: totals.requestCount === 0 ? "–" : percent(totals.errorRate),
            about: count(totals.errorCount),
            search: { outcome: "error" },
          },
        ];
        return (
          <>
            <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
              {figures.map(({ search, ...figure }) => (
                <CallsLink key={figure.label} search={{ userId, ...search }} span={{ since: periodStart, until: periodEnd }} block>
                  <FigureCard {...figure} />
                </CallsLink>
              ))}
            </SimpleGrid>
            <Text size="sm" c="dimmed" mt="xs">
              {words.zone(zoneName())}{" "}
              <Anchor component={Link} to="/usage" inherit underline="always">
                {words.usage}
              </Anchor>
            </Text>
          </>
        );
      }}
    </Loaded>
  );
}
