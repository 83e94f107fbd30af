import { Paper, SimpleGrid, Text } from "@mantine/core";
import { CallsLink, type CallSpan } from "@/shared/calls/CallsLink";
import type { CallSearch } from "@/shared/calls/search";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import type { Answer } from "../api";
import { totalsOf } from "../figures";
import { texts } from "../texts";
import classes from "./usage.module.css";

/** Cost, requests, tokens and what was saved. Each opens its requests. */
export function UsageCards({ figures, series, search, span }: { figures: Answer; series: Answer; search: CallSearch; span: CallSpan }) {
  const { cached, saved, hits } = totalsOf(series);
  const { cards } = texts;
  const before = figures.previous?.costUSD;
  const change = before === undefined ? 0 : figures.costUSD - before;
  const compared = before === undefined ? "" : change === 0 ? cards.asBefore : cards.before(usd(Math.abs(change)), change > 0);
  const unpriced: CallSearch = { ...search, unpriced: true };
  const shownCached = figures.tokens.input > 0 ? percent(cached / figures.tokens.input) : percent(0);
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="md" mb="md">
      <Card title={cards.cost} value={usd(figures.costUSD)} about={compared} search={search} span={span} />
      <Paper withBorder p="md" className={classes.card}>
        <CallsLink search={search} span={span} block>
          <Text c="dimmed" size="sm">
            {cards.requests}
          </Text>
          <Text className={classes.large}>{count(figures.requests)}</Text>
        </CallsLink>
        {figures.unpriced > 0 ? (
          <CallsLink search={unpriced} span={span}>
            <Text size="sm" c="var(--tl-fair)">
              {cards.unpriced(count(figures.unpriced))}
            </Text>
          </CallsLink>
        ) : (
          <Text size="sm" c="dimmed">
            {cards.allPriced}
          </Text>
        )}
      </Paper>
      <Card
        title={cards.tokens}
        value={count(figures.tokens.total)}
        about={cards.tokensOf(count(figures.tokens.input), count(figures.tokens.output), shownCached)}
        search={search}
        span={span}
      />
      <Card title={cards.saved} value={usd(saved)} about={cards.savedBy(count(hits))} search={search} span={span} />
    </SimpleGrid>
  );
}

function Card({ title, value, about, search, span }: { title: string; value: string; about: string; search: CallSearch; span: CallSpan }) {
  return (
    <Paper withBorder p="md" className={classes.card}>
      <CallsLink search={search} span={span} block>
        <Text c="dimmed" size="sm">
          {title}
        </Text>
        <Text className={classes.large}>{value}</Text>
        <Text c="dimmed" size="sm">
          {about}
        </Text>
      </CallsLink>
    </Paper>
  );
}
