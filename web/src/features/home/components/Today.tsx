import { SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
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

/** What today cost, and for what. */
export function Today() {
  const { client, id } = useWorkspace();
  const query = useQuery(todayQuery(client, id));
  return (
    <Loaded query={query} skeleton={<ListSkeleton rows={1} label={words.title} />}>
      {({ totals }) => (
        <>
          <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
            <FigureCard label={words.cost} figure={usd(totals.costUSD)} about={totals.unpricedCount > 0 ? words.unpriced(count(totals.unpricedCount)) : ""} />
            <FigureCard label={words.requests} figure={count(totals.requestCount)} about="" />
            <FigureCard label={words.tokens} figure={count(totals.tokenCount)} about={words.inOut(count(totals.inputTokens), count(totals.outputTokens))} />
            <FigureCard label={words.errors} figure={totals.requestCount === 0 ? "–" : percent(totals.errorRate)} about={count(totals.errorCount)} />
          </SimpleGrid>
          <Text size="sm" c="dimmed" mt="xs">
            {words.zone(zoneName())}
          </Text>
        </>
      )}
    </Loaded>
  );
}
