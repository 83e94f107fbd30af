import type { AlertRule, CreateAlertRuleRequest } from "@trunkline/client";
import { KINDS, type MadeKind, type Severity } from "./kinds";

/** What is typed of a rule; numbers are "" where nothing stands. */
export interface RuleFields {
  kind: MadeKind;
  name: string;
  subject: string;
  subjectId: string;
  threshold: number | string;
  windowMinutes: number | string;
  leastCalls: number | string;
  forSeconds: number | string;
  severity: Severity;
  repeatMinutes: number | string;
  quiet: boolean;
  quietStart: string;
  quietEnd: string;
  holdCritical: boolean;
  channelIds: string[];
}

/** A new rule of that kind, as is usual. */
export function usualFields(kind: MadeKind, kept: Partial<RuleFields> = {}): RuleFields {
  const facts = KINDS[kind];
  return {
    name: facts.word, channelIds: [], quiet: false, quietStart: "22:00", quietEnd: "07:00", holdCritical: false, repeatMinutes: "", forSeconds: 0,
    ...kept,
    kind, subject: "", subjectId: "", severity: facts.severity,
    threshold: facts.usual ?? "", windowMinutes: facts.window ?? "", leastCalls: facts.calls ? 20 : "",
  };
}

/** A rule that is there, to be changed. */
export function fieldsOf(rule: AlertRule & { kind: MadeKind }): RuleFields {
  return {
    kind: rule.kind,
    name: rule.name,
    subject: rule.subject ?? "",
    subjectId: rule.subjectId ?? "",
    threshold: rule.threshold ?? "",
    windowMinutes: rule.windowMinutes ?? "",
    leastCalls: rule.leastCalls ?? "",
    forSeconds: rule.forSeconds,
    severity: rule.severity,
    repeatMinutes: rule.repeatMinutes ?? "",
    quiet: rule.quietHours !== null,
    quietStart: rule.quietHours?.start ?? "22:00",
    quietEnd: rule.quietHours?.end ?? "07:00",
    holdCritical: rule.quietHours?.holdCritical ?? false,
    channelIds: rule.channelIds,
  };
}

const number = (value: number | string) => (typeof value === "number" ? value : undefined);

/** The fields as the API takes them. */
export function bodyOf(fields: RuleFields, timeZone: string): CreateAlertRuleRequest {
  const facts = KINDS[fields.kind];
  const narrowed = fields.subject !== "" && fields.subjectId !== "";
  const threshold = facts.unit === undefined ? undefined : number(fields.threshold);
  const window = facts.window === undefined ? undefined : number(fields.windowMinutes);
  const least = facts.calls ? number(fields.leastCalls) : undefined;
  return {
    kind: fields.kind,
    name: fields.name.trim(),
    subject: narrowed ? (fields.subject as NonNullable<CreateAlertRuleRequest["subject"]>) : null,
    subjectId: narrowed ? fields.subjectId : null,
    ...(threshold === undefined ? {} : { threshold }),
    ...(window === undefined ? {} : { windowMinutes: window }),
    ...(least === undefined ? {} : { leastCalls: least }),
    forSeconds: number(fields.forSeconds) ?? 0,
    severity: fields.severity,
    repeatMinutes: number(fields.repeatMinutes) ?? null,
    quietHours: fields.quiet ? { start: fields.quietStart, end: fields.quietEnd, timeZone, holdCritical: fields.holdCritical } : null,
    channelIds: fields.channelIds,
  };
}

const SUBJECTS_OF_OTHERS = new Set(["journal_not_shipping"]);

/** Whether the page can change the rule: those of the installation are changed elsewhere. */
export function isMade(rule: AlertRule): rule is AlertRule & { kind: MadeKind } {
  return !SUBJECTS_OF_OTHERS.has(rule.kind);
}
