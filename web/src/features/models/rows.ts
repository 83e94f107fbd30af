import { z } from "zod";
import type { Status } from "@trunkline/client";
import type { Health } from "@/shared/health";
import type { Configuration, Figures, Splits } from "./api";

/** A configuration with what is known of its traffic. */
export interface Row {
  configuration: Configuration;
  state: Health;
  p50Ms: number | null;
  checkedAt: string | null;
  /** Whether the provider said of the last call that it does not have the model. */
  modelMissing: boolean;
  /** The share of each version that gets traffic, in percent, the control first; empty: it has none. */
  split: { id: string; version: string; share: number }[];
  /** How many calls the period had. */
  count: number;
  /** Calls of each hour or day of the period, the oldest first; empty: the server tells those of the most used alone. */
  calls: number[];
  cost: number | null;
  unpriced: number;
  errorRate: number | null;
}

const SORTS = ["name", "health", "cost", "errors"] as const;

/** What the address says of the list. */
export const configurationSearch = z.object({
  whose: z.enum(["mine", "shared"]).optional().catch(undefined),
  q: z.string().optional().catch(undefined),
  provider: z.string().optional().catch(undefined),
  health: z.string().optional().catch(undefined),
  sort: z.enum(SORTS).optional().catch(undefined),
  down: z.boolean().optional().catch(undefined),
  range: z.string().optional().catch(undefined),
  from: z.string().optional().catch(undefined),
  to: z.string().optional().catch(undefined),
});
export type ConfigurationSearch = z.infer<typeof configurationSearch>;
type Sort = (typeof SORTS)[number];

/** Puts together what four questions were answered with. */
export function rowsOf(configurations: Configuration[], status?: Status, figures?: Figures, splits?: Splits): Row[] {
  const states = new Map(status?.configurations.map((each) => [each.configurationId, each]));
  const used = new Map(figures?.breakdown.map((part) => [part.key, part]));
  const split = new Map(splits?.map((each) => [each.configId, each.versions.filter((version) => version.share > 0)]));
  return configurations.map((configuration) => {
    const state = states.get(configuration.id);
    const part = used.get(configuration.id);
    const now = configuration.isActive ? (state?.state ?? "unknown") : "inactive";
    return {
      configuration,
      state: now,
      p50Ms: state?.p50Ms ?? null,
      checkedAt: state?.checkedAt ?? null,
      modelMissing: now !== "healthy" && state?.lastError?.kind === "not_found",
      split: (split.get(configuration.id) ?? [])
        .toSorted((one, other) => Number(other.isControl) - Number(one.isControl))
        .map(({ versionId, version, share }) => ({ id: versionId, version, share })),
      count: part?.requestCount ?? 0,
      calls: part?.series.map((slice) => slice.requestCount) ?? [],
      cost: part?.costUSD ?? null,
      unpriced: part?.unpricedCount ?? 0,
      errorRate: part?.errorRate ?? null,
    };
  });
}

const SEVERITY: Record<Health, number> = {
  down: 0, unauthorized: 1, degraded: 2, rate_limited: 3, unknown: 4, healthy: 5, inactive: 6,
};

const COMPARE: Record<Sort, (a: Row, b: Row) => number> = {
  name: (a, b) => a.configuration.name.localeCompare(b.configuration.name),
  health: (a, b) => SEVERITY[a.state] - SEVERITY[b.state],
  cost: (a, b) => (a.cost ?? -1) - (b.cost ?? -1),
  errors: (a, b) => (a.errorRate ?? -1) - (b.errorRate ?? -1),
};

/** The rows that the search is for, in its order. */
export function select(rows: Row[], search: ConfigurationSearch, userId: string): Row[] {
  const words = search.q?.trim().toLowerCase() ?? "";
  const found = rows.filter(({ configuration, state }) => {
    if (search.whose === "mine" && configuration.userId !== userId) return false;
    if (search.whose === "shared" && !configuration.shared) return false;
    if (search.provider && configuration.provider !== search.provider) return false;
    if (search.health && state !== search.health) return false;
    const text = [configuration.name, configuration.model, configuration.apiKey].join(" ").toLowerCase();
    return text.includes(words);
  });
  const sorted = search.sort ? found.toSorted(COMPARE[search.sort]) : found;
  return search.down ? sorted.toReversed() : sorted;
}
