import { Text } from "@mantine/core";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import type { Call } from "../api";
import { ratesOf } from "../rates";
import { texts } from "../texts";
import { Fact } from "./Fact";
import { Section } from "./Section";

/** Tokens by kind, what they cost, and the price behind it. */
export function CallMoney({ call }: { call: Call }) {
  const { drawer } = texts;
  return (
    <>
      <Section title={drawer.tokens}>
        {Object.entries(call.tokens).map(([kind, tokens]) => (
          <Fact key={kind} label={drawer.kinds[kind] ?? kind}>
            {count(tokens)}
          </Fact>
        ))}
        {call.cacheWriteTokens > 0 ? <Fact label={drawer.kinds["cacheWrite"] ?? ""}>{count(call.cacheWriteTokens)}</Fact> : null}
        {call.usageEstimated ? (
          <Text size="sm" c="var(--tl-fair)">
            {drawer.estimated}
          </Text>
        ) : null}
      </Section>
      <Section title={drawer.cost}>
        <Fact label={drawer.cost}>{usd(call.costUSD)}</Fact>
        <Fact label={drawer.price}>{call.priceSource}</Fact>
        {ratesOf(call.price).map(({ label, amount, perMillion }) => (
          <Fact key={label} label={label}>
            {perMillion ? drawer.perMillion(usd(amount)) : usd(amount)}
          </Fact>
        ))}
        {call.priceMissing.length > 0 ? (
          <Text size="sm" c="var(--tl-fair)">
            {drawer.noPrice(call.priceMissing.join(", "))}
          </Text>
        ) : null}
        {call.fromCache ? <Text size="sm">{drawer.fromCache}</Text> : null}
        {call.savedUSD === null || call.savedUSD === 0 ? null : <Text size="sm">{drawer.saved(usd(call.savedUSD))}</Text>}
      </Section>
    </>
  );
}
