import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import type { Choice } from "@/shared/choices/choices";
import type { Asked } from "./kinds";

/** A request that was made before; with its content where the workspace keeps that and one may see it. */
export function requestQuery(client: TrunklineClient, workspaceId: string, id: string) {
  return queryOptions({
    queryKey: ["replay", workspaceId, id],
    queryFn: () => client.get("/api/requests/{request_id}", { path: { request_id: id } }),
    staleTime: Infinity,
    retry: false,
  });
}

/** Makes a feature that asks the same model in the same way; a configuration or a route serves it as its target. */
export function saveFeature(client: TrunklineClient, slug: string, name: string, asked: Asked, choice: Choice) {
  const { temperature, topP, maxTokens, system: systemPrompt } = asked;
  const own = choice.id !== null || choice.kind === "route" ? { target: choice.value } : { model: choice.value };
  return client.post("/api/features", { body: { slug, name, kind: "chat", ...own, temperature, topP, maxTokens, systemPrompt } });
}

const NAMES = {
  temperature: ["temperature"],
  topP: ["top_p", "topP"],
  maxTokens: ["max_tokens", "max_completion_tokens", "maxOutputTokens", "num_predict"],
} as const;

/** Makes a configuration of the same model, with the parameters that its provider knows. The key is the one that the workspace shares. */
export async function saveConfiguration(client: TrunklineClient, name: string, asked: Asked, choice: Choice) {
  const schema = await client.get("/api/providers/{name}/schema", { path: { name: choice.provider } });
  const known = JSON.stringify(schema);
  const configuration: Record<string, unknown> = {};
  for (const field of ["temperature", "topP", "maxTokens"] as const) {
    const wire = NAMES[field].find((each) => known.includes(`"${each}"`));
    if (wire !== undefined && asked[field] !== null) configuration[wire] = asked[field];
  }
  return client.post("/api/configurations", {
    body: { name, provider: choice.provider, model: choice.model ?? "", configuration },
  });
}
