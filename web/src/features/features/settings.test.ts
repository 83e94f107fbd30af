import { expect, test } from "vitest";
import type { FeatureSettings } from "./api";
import { changed, changeOf, settingsOf, settingsSchema, unsupported } from "./settings";

const FEATURE = {
  name: "Summarizer", model: "google/gemma-2-27b-it", target: null, baseUrl: null, systemPrompt: "Sum up.", temperature: 0.2, topP: null,
  presencePenalty: null, frequencyPenalty: null, maxTokens: 512, siteUrl: null, siteName: null, customParameters: { seed: 1 }, keyHint: "sk-or-…77aa",
} as unknown as FeatureSettings;

const SETTINGS = settingsOf(FEATURE);

test("nothing is sent of what was not changed, and the key least of all", () => {
  expect(SETTINGS.apiKey).toBe("");
  expect(changeOf(SETTINGS, { ...SETTINGS }, null)).toEqual({});
});

test("what is emptied is taken away", () => {
  const after = { ...SETTINGS, temperature: null, customParameters: "", systemPrompt: "" };
  expect(changed(SETTINGS, after).toSorted()).toEqual(["customParameters", "systemPrompt", "temperature"]);
  expect(changeOf(SETTINGS, after, null)).toEqual({ temperature: null, customParameters: {}, systemPrompt: "" });
  const served = { ...SETTINGS, target: "fast" };
  expect(changeOf(SETTINGS, served, null)).toEqual({ target: "fast" });
  expect(changeOf(served, SETTINGS, null)).toEqual({ target: null });
});

test("of a key the sealed form is sent, never what was typed", () => {
  expect(changeOf(SETTINGS, { ...SETTINGS, apiKey: "sk-or-v1-plain" }, "tl1.sealed")).toEqual({ apiKey: "tl1.sealed" });
});

test.each([
  [{ temperature: 1.5 }, "temperature"],
  [{ maxTokens: 0.5 }, "maxTokens"],
  [{ presencePenalty: -3 }, "presencePenalty"],
  [{ customParameters: "[1]" }, "customParameters"],
  [{ customParameters: "{" }, "customParameters"],
  [{ name: " " }, "name"],
])("%j is wrong at its field", (change, field) => {
  const read = settingsSchema.safeParse({ ...SETTINGS, ...change });
  expect(read.error?.issues[0]?.path).toEqual([field]);
});

test("a parameter is unsupported where the list of models says so", () => {
  expect(unsupported(["temperature"], "topP")).toBe(true);
  expect(unsupported(["temperature"], "temperature")).toBe(false);
  expect(unsupported([], "topP")).toBe(false);
  expect(unsupported(undefined, "topP")).toBe(false);
});
