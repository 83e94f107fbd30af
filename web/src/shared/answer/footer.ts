import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { duration } from "@/shared/format/time";
import type { Figures } from "./running";
import { texts } from "./texts";

/** The facts below an answer. What is not known is left out. */
export function footerOf(figures: Figures, stopped = false): string[] {
  const { outputTokens, costUSD, firstTokenMs, durationMs } = figures;
  const cost = costUSD === null ? null : usd(costUSD);
  const facts: string[] = [];
  if (firstTokenMs !== null) facts.push(texts.firstToken(duration(firstTokenMs)));
  const rate = speedOf(figures);
  if (rate !== null) facts.push(texts.speed(count(rate)));
  if (stopped) {
    facts.push(texts.stopped(outputTokens === null ? null : texts.tokens(count(outputTokens)), cost));
    return facts;
  }
  if (outputTokens !== null) facts.push(texts.tokens(count(outputTokens)));
  if (cost !== null) facts.push(cost);
  else if (outputTokens !== null && durationMs !== null && figures.costUntold !== true) facts.push(texts.unpriced);
  return facts;
}

/** Tokens a second, from the first one on; null where that says nothing. */
function speedOf({ outputTokens, firstTokenMs, durationMs }: Figures): number | null {
  if (outputTokens === null || outputTokens < 2 || firstTokenMs === null || durationMs === null) return null;
  const seconds = (durationMs - firstTokenMs) / 1000;
  return seconds <= 0 ? null : Math.round((outputTokens - 1) / seconds) || null;
}
