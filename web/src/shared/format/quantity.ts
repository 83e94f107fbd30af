import { numberFormat } from "./formatter";

const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat();

/** A count: whole below a hundred thousand, then short (`30.5M`). */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value < 100_000 ? whole.format(value) : compact.format(value);
}

/** A share from 0 to 1, as a percentage with one digit; without one above ten percent. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return "–";
  return numberFormat({
    style: "percent",
    minimumFractionDigits: share < 0.1 ? 1 : 0,
    maximumFractionDigits: share < 0.1 ? 1 : share > 0.99 && share < 1 ? 2 : 0,
  }).format(share);
}
