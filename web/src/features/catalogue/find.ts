import type { Command, Place } from "@/shared/commands";
import { namesQuery } from "@/shared/subjects/configurations";
import { type ModelList, providerModelsQuery } from "./api";
import { entriesOf, find } from "./entries";
import { texts } from "./texts";

const MOST = 8;

/** Models of the providers that are configured here, for the palette. A list that cannot be read now is left out. */
export async function findModels({ client, workspaceId, queries }: Place, text: string): Promise<Command[]> {
  const configurations = await queries.fetchQuery(namesQuery(client, workspaceId));
  const providers = [...new Set(configurations.map(({ provider }) => provider))];
  const asked = await Promise.allSettled(providers.map((provider) => queries.fetchQuery(providerModelsQuery(client, workspaceId, provider))));
  const lists = asked.flatMap((each): ModelList[] => (each.status === "fulfilled" ? [each.value] : []));
  // Those in use come first: they are meant more often than the rest of a long list.
  const found = find(entriesOf(lists, configurations), { q: text }).toSorted((a, b) => Number(b.usedBy.length > 0) - Number(a.usedBy.length > 0));
  return found.slice(0, MOST).map(({ key, provider, model, usedBy }) => ({
    id: `model ${key}`,
    label: model.id,
    about: [provider, ...usedBy].join(" · "),
    group: texts.title,
    run: `/models?${new URLSearchParams({ q: model.id, provider }).toString()}`,
  }));
}
