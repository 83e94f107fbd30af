import { z } from "zod";
import { bounds, readRange } from "@/shared/range";

export const OUTCOMES = ["ok", "failed", "refused"] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** Kinds of things that are changed. */
export const TARGETS = [
  "configuration", "key", "user", "invitation", "workspace", "application", "route", "feature", "budget", "limit", "policy", "price", "retention", "capture", "experiment",
] as const;

const text = z.string().optional().catch(undefined);

/** What the address says of the list. */
export const auditSearch = z.object({
  action: text,
  target: text,
  id: text,
  actor: text,
  outcome: z.enum(OUTCOMES).optional().catch(undefined),
  range: z.enum(["1h", "24h", "7d", "30d", "90d"]).optional().catch(undefined),
  from: text,
  to: text,
  open: text,
});
export type AuditSearch = z.infer<typeof auditSearch>;

/** Which events are asked for, as the API takes it. */
export interface AuditFilter {
  action?: string;
  targetType?: string;
  targetId?: string;
  actorId?: string;
  outcome?: Outcome;
  from?: string;
  to?: string;
}

const DAY_MS = 24 * 3_600_000;

/** The filter of a search. A day is where the viewer is, and the last one is in it. `now` is milliseconds. */
export function filterOf(search: AuditSearch, now: number): AuditFilter {
  const { action, target, id, actor, outcome } = search;
  const range = readRange(search, "30d");
  const span = bounds(range, now);
  const times =
    "preset" in range
      ? { from: span.from }
      : { from: new Date(`${span.from}T00:00:00`).toISOString(), to: new Date(new Date(`${span.to}T00:00:00`).getTime() + DAY_MS).toISOString() };
  return {
    ...(action ? { action } : {}),
    ...(target ? { targetType: target } : {}),
    ...(id ? { targetId: id } : {}),
    ...(actor ? { actorId: actor } : {}),
    ...(outcome ? { outcome } : {}),
    ...times,
  };
}
