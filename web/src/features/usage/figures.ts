import { providerColor } from "@/shared/ui/ProviderMark";
import type { Bar, Series } from "@/shared/charts/StackedBars";
import type { Answer, Part } from "./api";
import type { Measure } from "./search";
import { type Grain, groups } from "./span";

type Figures = Part["series"][number];

const VALUE: Record<Measure, (figures: Figures) => number> = {
  cost: (figures) => figures.costNanos / 1e9,
  requests: (figures) => figures.requestCount,
  tokens: (figures) => figures.tokenCount,
  errors: (figures) => figures.errorCount,
};

/** What a figure is as a number to draw. */
export function valueOf(measure: Measure, figures: Figures): number {
  return VALUE[measure](figures);
}

/** A bar's own period, for what it opens. */
export interface Bars {
  bars: Bar[];
  series: Series[];
  spans: { since: string; until: string }[];
}

/** When bars begin, in words: in full, on the axis, and its hour of the day. */
export interface Clock {
  name: (moment: string) => string;
  mark: (moment: string, before: string | undefined) => string;
  hour: (moment: string) => number;
}

/** The figures over time, as bars of one part for each provider, the dearest at the bottom. */
export function barsOf(answer: Answer, measure: Measure, grain: Grain, clock: Clock): Bars {
  const drawn = answer.breakdown.filter((part) => part.series.some((each) => valueOf(measure, each) > 0));
  return draw(answer, grain, clock, drawn.map((part) => ({ name: part.key ?? "–", color: providerColor(part.key ?? "") })), (at) =>
    drawn.map((part) => part.series[at]).map((each) => (each === undefined ? 0 : valueOf(measure, each))),
  );
}

/** Requests over time, as those that went well and those that failed. */
export function outcomesOf(answer: Answer, grain: Grain, clock: Clock, words: { went: string; failed: string }): Bars {
  const series = [
    { name: words.went, color: "var(--tl-good)" },
    { name: words.failed, color: "var(--tl-bad)" },
  ];
  return draw(answer, grain, clock, series, (at) => {
    const slice = answer.series[at];
    return slice === undefined ? [0, 0] : [slice.requestCount - slice.errorCount, slice.errorCount];
  });
}

function draw(answer: Answer, grain: Grain, clock: Clock, series: Series[], valuesAt: (at: number) => number[]): Bars {
  const found: Bars = { bars: [], series, spans: [] };
  let before: string | undefined;
  for (const group of groups(answer.series, grain, clock.hour)) {
    const first = answer.series[group[0] ?? 0];
    const last = answer.series[group.at(-1) ?? 0];
    if (first === undefined || last === undefined) continue;
    const parts = group.map(valuesAt);
    found.bars.push({
      name: clock.name(first.from),
      mark: clock.mark(first.from, before),
      values: series.map((_, index) => parts.reduce((sum, each) => sum + (each[index] ?? 0), 0)),
    });
    found.spans.push({ since: first.from, until: last.to });
    before = first.from;
  }
  return found;
}

/** What all slices add up to. */
export function totalsOf(answer: Answer): { cached: number; saved: number; hits: number } {
  const add = (pick: (figures: Figures) => number) => answer.series.reduce((sum, each) => sum + pick(each), 0);
  return { cached: add((each) => each.cachedTokens), saved: add((each) => each.savedNanos) / 1e9, hits: add((each) => each.cacheHitCount) };
}
