import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import type { Policy } from "./api";
import { texts } from "./texts";

export const KINDS = ["allowedModels", "allowedProviders", "paidModels", "ceilings", "patterns", "personalData", "words"] as const;
type Kind = (typeof KINDS)[number];

export const PERSONAL = ["email", "phone", "iban", "creditCard", "nationalId"] as const;
export const CEILINGS = ["maxInputTokens", "maxOutputTokens", "maxImages", "maxCostUSD"] as const;
/** Whose phone numbers and national ids are known. */
export const COUNTRIES = ["BR", "CN", "DE", "ES", "FR", "GB", "IN", "IT", "NL", "PL", "SE", "US"] as const;

/** The parts of a rule as a form has them, for all kinds at once: what was typed for one kind stays while another is looked at. */
export interface RuleValues {
  kind: Kind;
  models: string[];
  modelsMode: "allow" | "deny";
  providers: string[];
  providersMode: "allow" | "deny";
  ceilings: Record<(typeof CEILINGS)[number], number | string>;
  /** One on each line. */
  patterns: string;
  personal: string[];
  countries: string[];
}

const words = texts.rule;

/** What the form begins with. */
export function readRule(rule: Policy["rule"]): RuleValues {
  const given: Record<string, unknown> = rule ?? {};
  const list = (name: string): string[] => (Array.isArray(given[name]) ? given[name].map(String) : []);
  const mode = given["mode"] === "deny" ? "deny" : "allow";
  const number = (name: string): number | string => (typeof given[name] === "number" ? given[name] : "");
  return {
    kind: rule === null ? "words" : (KINDS.find((kind) => kind === given["kind"]) ?? "words"),
    models: list("models"),
    modelsMode: mode,
    providers: list("providers"),
    providersMode: mode,
    ceilings: { maxInputTokens: number("maxInputTokens"), maxOutputTokens: number("maxOutputTokens"), maxImages: number("maxImages"), maxCostUSD: number("maxCostUSD") },
    patterns: list("patterns").join("\n"),
    personal: list("kinds"),
    countries: list("countries"),
  };
}

/** The rule as it is sent; null: a model judges words. */
export function writeRule(values: RuleValues): Record<string, unknown> | null {
  const { kind } = values;
  switch (kind) {
    case "allowedModels":
      return { kind, models: values.models, mode: values.modelsMode };
    case "allowedProviders":
      return { kind, providers: values.providers, mode: values.providersMode };
    case "paidModels":
      return { kind };
    case "ceilings":
      return { kind, ...Object.fromEntries(CEILINGS.filter((name) => values.ceilings[name] !== "").map((name) => [name, Number(values.ceilings[name])])) };
    case "patterns":
      return { kind, patterns: linesOf(values.patterns) };
    case "personalData":
      return { kind, kinds: values.personal, countries: values.countries };
    case "words":
      return null;
  }
}

/** What is missing of a rule; null: nothing. */
export function lackOf(values: RuleValues): string | null {
  switch (values.kind) {
    case "allowedModels":
      return values.models.length === 0 ? words.lacks.models : null;
    case "allowedProviders":
      return values.providers.length === 0 ? words.lacks.providers : null;
    case "ceilings":
      return CEILINGS.every((name) => values.ceilings[name] === "") ? words.lacks.ceilings : null;
    case "patterns":
      return linesOf(values.patterns).length === 0 ? words.lacks.patterns : null;
    case "personalData":
      if (values.personal.length === 0) return words.lacks.personal;
      return values.personal.includes("nationalId") && values.countries.length === 0 ? words.lacks.countries : null;
    default:
      return null;
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** The rule in one sentence. */
export function sayRule({ rule, content }: Pick<Policy, "rule" | "content">, nameOf: (provider: string) => string = (provider) => provider): string {
  const values = readRule(rule);
  switch (values.kind) {
    case "allowedModels":
      return words.say.models(values.modelsMode, values.models.join(", "));
    case "allowedProviders":
      return words.say.providers(values.providersMode, values.providers.map(nameOf).join(", "));
    case "paidModels":
      return words.say.paid;
    case "ceilings":
      return words.say.ceilings(
        CEILINGS.filter((name) => values.ceilings[name] !== "").map((name) => words.ceiling[name](name === "maxCostUSD" ? usd(Number(values.ceilings[name])) : count(Number(values.ceilings[name])))),
      );
    case "patterns":
      return words.say.patterns(linesOf(values.patterns).length);
    case "personalData":
      return words.say.personal(
        PERSONAL.filter((kind) => values.personal.includes(kind)).map((kind) => words.personal[kind].toLowerCase()),
        values.countries.join(", "),
      );
    case "words":
      return words.say.words(content);
  }
}
