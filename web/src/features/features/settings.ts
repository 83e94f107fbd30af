import { z } from "zod";
import type { FeatureChange, FeatureSettings } from "./api";
import { texts } from "./texts";

/** The settings as a form has them: numbers that are not set are null, and so they are not sent to the model. */
export interface Settings {
  name: string;
  model: string;
  target: string;
  baseUrl: string;
  apiKey: string;
  systemPrompt: string;
  temperature: number | null;
  topP: number | null;
  presencePenalty: number | null;
  frequencyPenalty: number | null;
  maxTokens: number | null;
  siteUrl: string;
  siteName: string;
  customParameters: string;
}

export const NUMBERS = ["temperature", "topP", "presencePenalty", "frequencyPenalty", "maxTokens"] as const;
const WORDS = ["target", "baseUrl", "siteUrl", "siteName"] as const;

const number = (least: number, most: number) =>
  z
    .number()
    .min(least, texts.between(least, most))
    .max(most, texts.between(least, most))
    .nullable();

/** What the fields must be; the server has the last word. */
export const settingsSchema = z.object({
  name: z.string().trim().min(1, texts.required),
  model: z.string(),
  target: z.string(),
  baseUrl: z.string(),
  apiKey: z.string(),
  systemPrompt: z.string().max(100_000, texts.tooLong),
  temperature: number(0, 1),
  topP: number(0, 1),
  presencePenalty: number(-2, 2),
  frequencyPenalty: number(-2, 2),
  maxTokens: z.number().int(texts.whole).min(1, texts.positive).nullable(),
  siteUrl: z.string(),
  siteName: z.string(),
  customParameters: z.string().refine((text) => readObject(text) !== null, texts.noObject),
});

function readObject(text: string): Record<string, unknown> | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A feature's settings, to be edited. */
export function settingsOf(feature: FeatureSettings): Settings {
  const custom = feature.customParameters;
  return {
    name: feature.name,
    model: feature.model ?? "",
    target: feature.target ?? "",
    baseUrl: feature.baseUrl ?? "",
    // Keys are never shown, and an empty field is no change.
    apiKey: "",
    systemPrompt: feature.systemPrompt,
    temperature: feature.temperature,
    topP: feature.topP,
    presencePenalty: feature.presencePenalty,
    frequencyPenalty: feature.frequencyPenalty,
    maxTokens: feature.maxTokens,
    siteUrl: feature.siteUrl ?? "",
    siteName: feature.siteName ?? "",
    customParameters: Object.keys(custom).length === 0 ? "" : JSON.stringify(custom, null, 2),
  };
}

/** The names of the fields in which two differ. */
export function changed(before: Settings, after: Settings): (keyof Settings)[] {
  return (Object.keys(before) as (keyof Settings)[]).filter((name) => before[name] !== after[name]);
}

/** What has to be sent to make `after` of `before`. `apiKey` is the sealed one. */
export function changeOf(before: Settings, after: Settings, apiKey: string | null): FeatureChange {
  const change: Record<string, unknown> = {};
  for (const name of changed(before, after)) {
    if (name === "apiKey") continue;
    if (name === "customParameters") change[name] = readObject(after.customParameters) ?? {};
    else if ((WORDS as readonly string[]).includes(name)) change[name] = after[name] === "" ? null : after[name];
    else change[name] = after[name];
  }
  if (apiKey !== null) change["apiKey"] = apiKey;
  return change as FeatureChange;
}

/** The parameters that a model does not take, by what its list says; none where it says nothing. */
export function unsupported(supported: readonly string[] | undefined, name: (typeof NUMBERS)[number]): boolean {
  const wire = { temperature: "temperature", topP: "top_p", presencePenalty: "presence_penalty", frequencyPenalty: "frequency_penalty", maxTokens: "max_tokens" };
  return supported !== undefined && supported.length > 0 && !supported.includes(wire[name]);
}
