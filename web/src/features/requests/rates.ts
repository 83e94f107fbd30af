/** A rate of a price, in US dollars. */
interface Told {
  label: string;
  amount: number;
  perMillion: boolean;
}

const NANOS = 1e9;

/** The rates and fees that a price has, in the API's names: a rate for tokens has a `base`, a fee is a number. */
export function ratesOf(price: Record<string, unknown> | null): Told[] {
  const found: Told[] = [];
  for (const [name, value] of Object.entries(price ?? {})) {
    const base: unknown = typeof value === "object" && value !== null ? (value as { base?: unknown }).base : undefined;
    if (typeof base === "number") found.push({ label: words(name), amount: base / NANOS, perMillion: true });
    else if (typeof value === "number" && name.startsWith("per")) found.push({ label: words(name), amount: value / NANOS, perMillion: false });
  }
  return found;
}

/** `cache_write` and `cacheWrite` as "Cache write". */
function words(name: string): string {
  const spaced = name.replaceAll("_", " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
