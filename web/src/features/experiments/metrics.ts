import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { duration } from "@/shared/format/time";
import type { Experiment } from "./api";

type Shown = Experiment["versions"][number];

/** The metrics whose differences are told. */
export const COMPARED = ["errorRate", "satisfaction", "avgLatencyMs", "avgCostUSD", "avgTokensUsed"] as const;
export type Metric = (typeof COMPARED)[number];

const rating = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2, minimumFractionDigits: 1 });
const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3, signDisplay: "exceptZero" });

/** A version's own figure. */
export function figureOf(version: Shown, metric: Metric): string {
  const value = version.metrics[metric];
  if (value === null) return "–";
  switch (metric) {
    case "errorRate":
      return percent(value);
    case "satisfaction":
      return `${rating.format(value)} of 5`;
    case "avgLatencyMs":
      return duration(value);
    case "avgCostUSD":
      return usd(value);
    case "avgTokensUsed":
      return count(Math.round(value));
  }
}

/** A difference as a number with its sign: shares in percentage points. */
export function differenceOf(metric: Metric, value: number): string {
  if (metric === "avgCostUSD") return value === 0 ? "0" : `${value > 0 ? "+" : "−"}${usd(Math.abs(value))}`;
  return number.format(metric === "errorRate" ? 100 * value : value).replace("-", "−");
}
