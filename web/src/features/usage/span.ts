import { bounds, type Range } from "@/shared/range";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How figures over time are asked for, and how many of them make one bar. */
export interface Grain {
  interval: "hour" | "day" | "week" | "month";
  hours: number;
}

/** From and to of a period as the API takes them: a preset in whole quarters of an hour, so that sums are exact. */
export function spanOf(range: Range, now: number = Date.now()): { from: string; to: string } {
  return "preset" in range ? bounds(range, Math.ceil(now / QUARTER_MS) * QUARTER_MS) : bounds(range);
}

/** Bars that are neither too many nor too few. */
export function grainOf({ from, to }: { from: string; to: string }): Grain {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + (to.length === 10 ? 1 : 0);
  if (days <= 2) return { interval: "hour", hours: 1 };
  if (days <= 8) return { interval: "hour", hours: 3 };
  if (days <= 100) return { interval: "day", hours: 24 };
  return days <= 700 ? { interval: "week", hours: 168 } : { interval: "month", hours: 720 };
}

/** Which of the API's slices make a bar together: hours of the clock's threes, else each its own. */
export function groups(slices: { from: string }[], grain: Grain, hourOf: (moment: string) => number): number[][] {
  const found: number[][] = [];
  slices.forEach((slice, at) => {
    const last = found.at(-1);
    if (last !== undefined && grain.interval === "hour" && grain.hours > 1 && hourOf(slice.from) % grain.hours !== 0) last.push(at);
    else found.push([at]);
  });
  return found;
}
