import type { AuditEvent } from "./api";
import { texts } from "./texts";

/** A field that an event changed; undefined where it was not, or is not, there. */
export interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

/** What an event changed, by fields, in their order. */
export function changesOf({ before, after }: Pick<AuditEvent, "before" | "after">): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields.map((field) => ({ field, before: before?.[field], after: after?.[field] }));
}

/** A value as it is shown. */
export function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Who did it. */
export function actorOf({ actorName, actorKind, keyName }: Pick<AuditEvent, "actorName" | "actorKind" | "keyName">): string {
  const who = actorName ?? (actorKind in texts.kinds ? texts.kinds[actorKind as keyof typeof texts.kinds] : actorKind);
  return keyName === null ? who : texts.withKey(who, keyName);
}
