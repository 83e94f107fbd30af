import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { at, readAll } from "@/shared/api/pages";
import { readNames } from "@/shared/subjects/configurations";

/** Something that can be talked with: a configuration, a route, or a feature. */
export interface Choice {
  kind: "configuration" | "route" | "feature";
  /** As requests name it in `model`. */
  value: string;
  name: string;
  model: string | null;
  /** Whose mark it has; a route has none of its own. */
  provider: string;
  /** Of a configuration. */
  id: string | null;
}

const FEATURE = "feature/";
const PAGE = 100;

/** The slug of a name like `feature/summarizer`; null for other names. */
export function slugOf(value: string): string | null {
  return value.startsWith(FEATURE) ? value.slice(FEATURE.length) : null;
}

async function readChoices(client: TrunklineClient): Promise<Choice[]> {
  const [configurations, routes, features] = await Promise.all([
    readNames(client),
    readAll((cursor) => client.page("/api/routes", { query: { limit: PAGE, ...at(cursor) } })),
    client.get("/api/features"),
  ]);
  return [
    ...configurations
      .filter((each) => each.isActive)
      .map(({ id, name, model, provider }): Choice => ({ kind: "configuration", value: name, name, model, provider, id })),
    ...routes
      .filter((each) => each.isActive)
      .map(({ name }): Choice => ({ kind: "route", value: name, name, model: null, provider: "route", id: null })),
    ...features
      .filter((each) => each.ready && each.kind !== "embeddings")
      .map((each): Choice => ({ kind: "feature", value: FEATURE + each.slug, name: each.name, model: each.servingModel, provider: "openrouter", id: null })),
  ];
}

/** Everything that one can talk with in the workspace. */
export function choicesQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["choices", workspaceId], queryFn: () => readChoices(client), staleTime: 30_000 });
}

/** What `value` stands for, also where it is no configuration's name but `configuration/model`, or unknown. */
export function findChoice(choices: readonly Choice[], value: string): Choice {
  const exact = choices.find((choice) => choice.value === value);
  if (exact !== undefined) return exact;
  const slash = value.indexOf("/");
  const account = slash < 0 ? undefined : choices.find((choice) => choice.kind === "configuration" && choice.value === value.slice(0, slash));
  if (account !== undefined) return { ...account, value, name: value, model: value.slice(slash + 1) };
  const kind = slugOf(value) === null ? "configuration" : "feature";
  return { kind, value, name: slugOf(value) ?? value, model: null, provider: slash < 0 ? value : value.slice(0, slash), id: null };
}
