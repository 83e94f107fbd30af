import { expect, test } from "vitest";
import { lackOf, readRule, sayRule, writeRule } from "./rule";

test.each([
  [{ kind: "allowedModels", models: ["gpt-4o*"], mode: "deny" }, "The models gpt-4o* may not be used."],
  [{ kind: "allowedProviders", providers: ["openai", "gemini"], mode: "allow" }, "Only the providers openai, gemini may be used."],
  [{ kind: "paidModels" }, "Models that cost money may not be used."],
  [{ kind: "ceilings", maxInputTokens: 8000, maxCostUSD: 0.05 }, "One call may ask for at most 8,000 input tokens and $0.05."],
  [{ kind: "patterns", patterns: ["a", "b"] }, "What is sent may not match any of 2 patterns."],
  [{ kind: "personalData", kinds: ["email", "iban"], countries: ["DE"] }, "What is sent may hold no email addresses and bank accounts (iban) (of DE)."],
])("%o is kept whole by the form, and said in words", (rule, said) => {
  expect(writeRule(readRule(rule))).toEqual(rule);
  expect(sayRule({ rule, content: "" })).toBe(said);
});

test("without a rule a model judges the words", () => {
  expect(writeRule(readRule(null))).toBeNull();
  expect(sayRule({ rule: null, content: "No legal advice." })).toBe("No legal advice.");
});

test("what was typed for one kind stays while another is looked at", () => {
  const values = { ...readRule({ kind: "patterns", patterns: ["x"] }), kind: "paidModels" as const };
  expect(writeRule(values)).toEqual({ kind: "paidModels" });
  expect(writeRule({ ...values, kind: "patterns" })).toEqual({ kind: "patterns", patterns: ["x"] });
});

test.each([
  [{ kind: "allowedModels", models: [] }, "Name a model."],
  [{ kind: "patterns", patterns: [" "] }, "Write a pattern."],
  [{ kind: "ceilings" }, "Set at least one ceiling."],
  [{ kind: "personalData", kinds: ["nationalId"] }, "National ids need their countries."],
  [{ kind: "personalData", kinds: ["email"] }, null],
  [{ kind: "paidModels" }, null],
])("of %o it is said that it lacks: %s", (rule, lack) => {
  expect(lackOf(readRule(rule))).toBe(lack);
});
