import { type Difference, differences } from "@/shared/revisions/differences";
import type { AuditEvent } from "./api";
import { texts } from "./texts";

/** What an event changed, by fields, in their order. */
export function changesOf({ before, after }: Pick<AuditEvent, "before" | "after">): Difference[] {
  return differences(before ?? {}, after ?? {});
}

/** Who did it. */
export function actorOf({ actorName, actorKind, keyName }: Pick<AuditEvent, "actorName" | "actorKind" | "keyName">): string {
  const who = actorName ?? (actorKind in texts.kinds ? texts.kinds[actorKind as keyof typeof texts.kinds] : actorKind);
  return keyName === null ? who : texts.withKey(who, keyName);
}
