import { timeZone } from "@/shared/format/zone";
import type { Budget, BudgetDraft } from "./api";

export const PERIODS = ["day", "week", "month", "total"] as const;
export const SUBJECTS = ["workspace", "application", "user", "key", "feature", "tag"] as const;

/** What stands in the form. */
export interface BudgetValues {
  name: string;
  subject: Budget["subject"];
  subjectId: string | null;
  amount: string;
  period: Budget["period"];
  timeZone: string;
  hard: boolean;
  thresholds: string[];
  input: string;
  output: string;
}

/** What the form begins with: a hard budget of the workspace for each month, or what `budget` is. */
export function begin(budget: Budget | null): BudgetValues {
  return {
    name: budget?.name ?? "",
    subject: budget?.subject ?? "workspace",
    subjectId: budget === null || budget.subject === "workspace" ? null : budget.subjectId,
    amount: budget?.amount ?? "",
    period: budget?.period ?? "month",
    timeZone: budget?.timeZone ?? timeZone(),
    hard: budget?.hard ?? true,
    thresholds: (budget?.thresholds ?? [80, 100]).map(String),
    input: budget?.defaultPrice?.input ?? "",
    output: budget?.defaultPrice?.output ?? "",
  };
}

/** Whether a text is an amount of dollars above nothing. */
export function isAmount(text: string): boolean {
  return /^\d{1,9}(\.\d{1,9})?$/.test(text.trim()) && Number(text) > 0;
}

/** Whether texts are per cents at which somebody can be told. */
export function arePercents(texts: readonly string[]): boolean {
  return texts.every((text) => /^\d{1,4}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 1000);
}

/** What is asked of the server. */
export function draftOf(values: BudgetValues): BudgetDraft {
  const { subject, subjectId, period, hard } = values;
  return {
    name: values.name.trim(),
    subject,
    subjectId: subject === "workspace" ? null : (subjectId?.trim() ?? null),
    amount: values.amount.trim(),
    period,
    timeZone: values.timeZone,
    hard,
    thresholds: values.thresholds.map(Number),
    defaultPrice: values.input.trim() === "" ? null : { input: values.input.trim(), output: values.output.trim() },
  };
}
