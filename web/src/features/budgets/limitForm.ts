import type { Limit, LimitDraft } from "./api";

export const LIMIT_SUBJECTS = ["workspace", "user", "application", "key", "feature", "configuration"] as const;
/** What members can limit where it is theirs. */
export const OWN_SUBJECTS = ["user", "key", "configuration", "application"] as const;
export const MEASURES = ["requests", "tokens", "parallel"] as const;
export const WINDOWS = ["second", "minute", "hour", "day"] as const;

/** What stands in the form. `subjectId` null: each of that kind; empty: nothing chosen. */
export interface LimitValues {
  subject: Limit["subject"];
  subjectId: string | null;
  measure: Limit["measure"];
  amount: number | string;
  window: NonNullable<Limit["window"]>;
  burst: number | string;
}

/** What the form begins with. `ownId`: who may limit themselves alone. */
export function beginLimit(limit: Limit | null, ownId: string | null): LimitValues {
  return {
    subject: limit?.subject ?? (ownId === null ? "key" : "user"),
    subjectId: limit === null ? ownId : limit.subjectId,
    measure: limit?.measure ?? "requests",
    amount: limit?.amount ?? "",
    window: limit?.window ?? "minute",
    burst: limit?.burst ?? "",
  };
}

/** What is asked of the server: calls at a time have no window and no burst. */
export function limitDraftOf({ subject, subjectId, measure, amount, window, burst }: LimitValues): LimitDraft {
  const common = { subject, measure, amount: Number(amount), ...(subjectId === null || subject === "workspace" ? {} : { subjectId }) };
  return measure === "parallel" ? common : { ...common, window, ...(burst === "" ? {} : { burst: Number(burst) }) };
}
