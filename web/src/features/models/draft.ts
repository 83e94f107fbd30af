import { useCallback } from "react";
import { z } from "zod";
import type { ConfigurationDraft } from "@trunkline/client";
import { CAN_SEAL, useSeal } from "@/shared/api/sealing";
import { useWorkspace } from "@/shared/workspace";
import type { Provider } from "./api";
import { cleanKey } from "./keys";
import type { Settings } from "./settings";
import { texts } from "./texts";

/** What the form of a new configuration holds. */
export interface DraftValues {
  provider: string;
  key: string;
  baseUrl: string;
  model: string;
  configuration: Settings;
  name: string;
  shared: boolean;
}

export const STEPS = ["provider", "key", "test", "model", "parameters", "save"] as const;
export type Step = (typeof STEPS)[number];

const address = z
  .string()
  .trim()
  .refine((text) => text === "" || /^https?:\/\//i.test(text), texts.errors.scheme)
  .refine((text) => !/^https?:\/\//i.test(text) || URL.canParse(text), texts.errors.address);

/** What is wrong with a draft so far, by field; empty when nothing is. `until`: only what that step has already asked for. */
export function draftProblems(values: DraftValues, provider: Provider | undefined, until: Step = "save"): Record<string, string> {
  const asked = (step: Step) => STEPS.indexOf(until) >= STEPS.indexOf(step);
  const problems: Record<string, string> = {};
  if (provider === undefined) return { provider: texts.errors.provider };
  if (asked("key")) {
    const read = address.safeParse(values.baseUrl);
    if (!read.success) problems["baseUrl"] = read.error.issues[0]?.message ?? texts.errors.address;
    else if (provider.requiresBaseUrl && values.baseUrl.trim() === "") problems["baseUrl"] = texts.errors.noAddress;
    if (provider.requiresApiKey && cleanKey(values.key) === "") problems["apiKey"] = texts.errors.noKey(provider.displayName);
  }
  if (asked("model") && values.model.trim() === "") problems["model"] = texts.errors.noModel;
  if (asked("save") && values.name.trim() === "") problems["name"] = texts.errors.noName;
  return problems;
}

/** What of a draft is shown and asked about without its key. */
export function bodyWithoutKey({ baseUrl, model, configuration }: Pick<DraftValues, "baseUrl" | "model" | "configuration">): ConfigurationDraft {
  return {
    ...(baseUrl.trim() === "" ? {} : { baseUrl: baseUrl.trim() }),
    ...(model.trim() === "" ? {} : { model: model.trim() }),
    ...(Object.keys(configuration).length === 0 ? {} : { configuration }),
  } as ConfigurationDraft;
}

/** A function that makes of a draft what is sent: with its key sealed for the address that it is for. Throws TrunklineError. */
export function useSealing(): (provider: string, values: DraftValues) => Promise<ConfigurationDraft> {
  const { client } = useWorkspace();
  const seal = useSeal();
  return useCallback(
    async (provider, values) => {
      const body = bodyWithoutKey(values);
      const key = cleanKey(values.key);
      if (key === "") return body;
      if (!CAN_SEAL) return { ...body, apiKey: key };
      // The address comes from the server, which knows what regions and projects make of it.
      const { url } = await client.post("/api/providers/{name}/preview", { path: { name: provider }, body });
      return { ...body, apiKey: await seal(key, url) };
    },
    [client, seal],
  );
}
