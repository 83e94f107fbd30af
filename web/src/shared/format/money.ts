import { numberFormat } from "./formatter";

/** Money as people read it: never `$0` for what is not nothing. */
export function usd(amount: number | null | undefined): string {
  if (amount === null || amount === undefined) return "–";
  if (amount === 0) return "$0";
  const size = Math.abs(amount);
  // Of small amounts, two digits that say something.
  const digits = size >= 1 ? 2 : Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(size))));
  return numberFormat({
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: size >= 0.01 ? 2 : 0,
    maximumFractionDigits: digits,
  }).format(amount);
}
