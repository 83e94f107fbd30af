import { numberFormat, timeFormat } from "./formatter";
import { timeZone } from "./zone";

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Number.POSITIVE_INFINITY],
];

/** How long ago `past` (ISO 8601) was, or how long it is until then: "4 min. ago". */
export function ago(past: string, now: number = Date.now()): string {
  let value = (new Date(past).getTime() - now) / 1000;
  if (Math.abs(value) < 5) return "just now";
  for (const [unit, size] of STEPS) {
    if (Math.abs(value) < size) return relative.format(Math.trunc(value), unit);
    value /= size;
  }
  return "";
}

/** Milliseconds as people read them: `412 ms`, `2.3 s`. */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return "–";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return `${numberFormat({ maximumFractionDigits: seconds < 10 ? 1 : 0 }).format(seconds)} s`;
}

/** A moment in full, in the chosen time zone. */
export function moment(value: string): string {
  return timeFormat({ dateStyle: "medium", timeStyle: "short", timeZone: timeZone() }).format(new Date(value));
}
