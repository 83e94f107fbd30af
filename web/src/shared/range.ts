import { useNavigate, useSearch } from "@tanstack/react-router";

/** What the address says of a period: `?range=7d`, or `?from=2026-11-01&to=2026-11-08`. */
export interface RangeSearch {
  range?: Preset | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const PRESETS = ["1h", "24h", "7d", "30d", "90d"] as const;
export type Preset = (typeof PRESETS)[number];

const HOUR_MS = 3_600_000;
const LENGTH_MS: Record<Preset, number> = {
  "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 7 * 24 * HOUR_MS, "30d": 30 * 24 * HOUR_MS, "90d": 90 * 24 * HOUR_MS,
};
const DAY = /^\d{4}-\d\d-\d\d$/;

/** A period: a preset, or days. */
export type Range = { preset: Preset } | { from: string; to: string };

/** What a search says; `usual` where it says nothing that can be read. */
export function readRange(search: RangeSearch, usual: Preset = "7d"): Range {
  const { range, from, to } = search;
  if (from !== undefined && to !== undefined && DAY.test(from) && DAY.test(to) && from <= to) return { from, to };
  return { preset: PRESETS.find((each) => each === range) ?? usual };
}

/** `from` and `to` as the API takes them: times for a preset, else days, of which the last is in it. */
export function bounds(range: Range, now: number = Date.now()): { from: string; to: string } {
  if (!("preset" in range)) return range;
  // To the minute, so that the same question stays the same for a while.
  const end = Math.ceil(now / 60_000) * 60_000;
  return { from: new Date(end - LENGTH_MS[range.preset]).toISOString(), to: new Date(end).toISOString() };
}

/** The period in the address, and a way to change it. The route's `validateSearch` must let `range`, `from`, `to` through. */
export function useRange(usual: Preset = "7d"): [Range, (next: Range) => void] {
  const search: RangeSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (next: Range) => {
    const written = "preset" in next ? { range: next.preset, from: undefined, to: undefined } : { ...next, range: undefined };
    void navigate({ to: ".", search: ((before: object) => ({ ...before, ...written })) as never, replace: true });
  };
  return [readRange(search, usual), set];
}
