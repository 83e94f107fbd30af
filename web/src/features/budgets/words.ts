import { count } from "@/shared/format/quantity";
import { texts as shared } from "@/shared/texts";
import type { Limit } from "./api";
import { texts } from "./texts";

/** How much a limit is: `60 requests per minute`. */
export function amountOf({ amount, measure, window }: Pick<Limit, "amount" | "measure" | "window">): string {
  return texts.limits.amount(count(amount), measure, window);
}

/** For whom a limit is. */
export function subjectOf({ subject, subjectId, subjectName }: Pick<Limit, "subject" | "subjectId" | "subjectName">): string {
  if (subject === "workspace") return shared.subject.kinds.workspace;
  return subjectId === null ? shared.subject.each[subject] : (subjectName ?? subjectId);
}
