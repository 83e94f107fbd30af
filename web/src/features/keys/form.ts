import type { Key, KeyDraft } from "./api";

export const EXPIRIES = ["never", "7", "30", "90", "365", "day"] as const;
type Expiry = (typeof EXPIRIES)[number] | "keep";

/** What stands in the form. */
export interface KeyValues {
  name: string;
  scope: "call" | "manage";
  applicationId: string | null;
  models: string[];
  expiry: Expiry;
  /** `2026-12-31`, for `expiry` "day". */
  day: string;
  perMinute: number | string;
  parallel: number | string;
}

const DAY_MS = 24 * 3_600_000;

/** What the form begins with: an empty key, or what `key` is. */
export function begin(key: Key | null): KeyValues {
  return {
    name: key?.name ?? "",
    scope: key?.scope === "manage" ? "manage" : "call",
    applicationId: key?.applicationId ?? null,
    models: key?.models ?? [],
    expiry: key === null ? "never" : "keep",
    day: "",
    perMinute: "",
    parallel: "",
  };
}

/** Until when the key is; undefined: as it was. A day is to its end, where the viewer is. */
export function expiryOf({ expiry, day }: Pick<KeyValues, "expiry" | "day">, now: number = Date.now()): string | null | undefined {
  if (expiry === "keep") return undefined;
  if (expiry === "never") return null;
  if (expiry === "day") return new Date(`${day}T23:59:59`).toISOString();
  return new Date(now + Number(expiry) * DAY_MS).toISOString();
}

/** Whether a day can be the last one. */
export function isToCome(day: string, now: number = Date.now()): boolean {
  return new Date(`${day}T23:59:59`).getTime() > now;
}

/** What is asked of the server for a new key. */
export function draftOf(values: KeyValues): KeyDraft {
  const { name, scope, applicationId, models } = values;
  return {
    name: name.trim(), scope, applicationId, models, expiresAt: expiryOf(values) ?? null, perMinute: amountOf(values.perMinute), parallel: amountOf(values.parallel),
  };
}

function amountOf(given: number | string): number | null {
  return given === "" ? null : Number(given);
}
