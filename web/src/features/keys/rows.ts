import { z } from "zod";
import type { Key, Limit } from "./api";

export const STATES = ["active", "soon", "expired", "unused"] as const;
export type KeyState = (typeof STATES)[number];

const SOON_MS = 7 * 24 * 3_600_000;

/** What the address says of the list. */
export const keySearch = z.object({
  q: z.string().optional().catch(undefined),
  state: z.enum(STATES).optional().catch(undefined),
});
export type KeySearch = z.infer<typeof keySearch>;

/** How a key is, the most pressing first. */
export function stateOf(key: Key, now: number = Date.now()): KeyState {
  if (key.expiresAt !== null) {
    const left = new Date(key.expiresAt).getTime() - now;
    if (left <= 0) return "expired";
    if (left < SOON_MS) return "soon";
  }
  return key.lastUsedAt === null ? "unused" : "active";
}

/** The keys that the search is for. */
export function select(keys: Key[], search: KeySearch, now: number = Date.now()): Key[] {
  const words = search.q?.trim().toLowerCase() ?? "";
  return keys.filter(
    (key) => (search.state === undefined || stateOf(key, now) === search.state) && `${key.name} ${key.key} ${key.models.join(" ")}`.toLowerCase().includes(words),
  );
}

/** The limits that hold for a key: its own, and those of each key that none of its own replaces. */
export function limitsOf(key: Key, limits: Limit[]): { own: Limit[]; usual: Limit[] } {
  const own = limits.filter(({ subjectId }) => subjectId === key.id);
  const usual = limits.filter(
    (limit) => limit.subjectId === null && !own.some((one) => one.byAdmin && one.measure === limit.measure && one.window === limit.window),
  );
  return { own, usual };
}
