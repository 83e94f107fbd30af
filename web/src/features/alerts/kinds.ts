import type { AlertRule } from "@trunkline/client";

export type Kind = AlertRule["kind"];
export type Subject = NonNullable<AlertRule["subject"]>;
export type Severity = AlertRule["severity"];

/** What a rule of a kind can say: what it can be narrowed to, what its threshold counts, and what is usual. */
interface Facts {
  word: string;
  subjects: readonly Subject[];
  unit?: string;
  usual?: number;
  window?: number;
  calls?: boolean;
  severity: Severity;
}

const SERVED = ["configuration", "provider"] as const;

/** The kinds that a workspace can make rules of. */
export const KINDS: Record<Exclude<Kind, "journal_not_shipping">, Facts> = {
  down: { word: "A configuration is down", subjects: SERVED, severity: "critical" },
  key_failing: { word: "A provider rejects a key", subjects: SERVED, severity: "critical" },
  key_expiring: { word: "An API key expires soon", subjects: ["key"], unit: "days", usual: 7, severity: "warning" },
  error_rate: { word: "Many calls fail", subjects: SERVED, unit: "% of calls", usual: 10, window: 15, calls: true, severity: "warning" },
  latency: { word: "Calls are slow (95 %)", subjects: SERVED, unit: "ms", usual: 10_000, window: 15, calls: true, severity: "warning" },
  budget_used: { word: "A budget is nearly used", subjects: ["budget"], unit: "% of the budget", usual: 80, severity: "warning" },
  budget_forecast: { word: "A budget will not last", subjects: ["budget"], unit: "% of the budget", usual: 100, severity: "warning" },
  policy_violations: { word: "A policy is violated", subjects: ["policy"], unit: "violations", usual: 1, window: 60, severity: "warning" },
  experiment_reverted: { word: "An experiment took a version back", subjects: ["configuration"], window: 1_440, severity: "warning" },
};
export type MadeKind = keyof typeof KINDS;
export const MADE_KINDS = Object.keys(KINDS) as MadeKind[];

/** What the kind is called; also of those that only an installation has. */
export function wordOf(kind: Kind): string {
  return kind === "journal_not_shipping" ? "Requests do not reach the database" : KINDS[kind].word;
}

/** A rule in words: "10 % of calls in 15 minutes". */
export function limitOf(rule: Pick<AlertRule, "kind" | "threshold" | "windowMinutes">): string {
  const unit = rule.kind === "journal_not_shipping" ? "seconds" : (KINDS[rule.kind].unit ?? "");
  const parts = [
    rule.threshold === null ? "" : `from ${new Intl.NumberFormat().format(rule.threshold)} ${unit}`,
    rule.windowMinutes === null ? "" : `within ${rule.windowMinutes} minutes`,
  ];
  return parts.filter(Boolean).join(" ");
}
