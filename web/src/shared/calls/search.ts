import { z } from "zod";
import type { RequestQuery } from "@trunkline/client";

/** What calls can be narrowed to by one value. `by` is how the API tells them apart, `lack` how it names those without. */
export const FILTERS = {
  configurationId: { label: "Configuration", by: "configuration", lack: "configuration" },
  provider: { label: "Provider", by: "provider" },
  model: { label: "Model", by: "model" },
  userId: { label: "Person", by: "user" },
  keyId: { label: "Key", by: "key", lack: "key" },
  applicationId: { label: "Application", by: "application", lack: "application" },
  feature: { label: "Feature", by: "feature", lack: "feature" },
  routeId: { label: "Route", by: "route", lack: "route" },
  versionId: { label: "Version", by: "version", lack: "version" },
  tag: { label: "Tag", by: "tag", lack: "tag" },
  operation: { label: "Operation", by: "operation" },
  outcome: { label: "Outcome", by: "outcome" },
  purpose: { label: "Purpose", by: "purpose", lack: "purpose" },
} as const satisfies Record<string, { label: string; by: string; lack?: string }>;

export type FilterName = keyof typeof FILTERS;
export const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];

const LACKS = ["application", "configuration", "feature", "key", "purpose", "route", "tag", "version"] as const;
type Lack = (typeof LACKS)[number];

const word = z.coerce.string().optional().catch(undefined);
const OUTCOMES = ["ok", "error", "cancelled", "estimated"] as const;

/** Which calls an address is about: a filter of each kind, and exact moments where a figure was opened. */
export const callSearch = z.object({
  configurationId: word,
  provider: word,
  model: word,
  userId: word,
  keyId: word,
  applicationId: word,
  feature: word,
  routeId: word,
  versionId: word,
  tag: word,
  operation: word,
  outcome: z.enum(OUTCOMES).optional().catch(undefined),
  purpose: word,
  conversationId: word,
  requestId: word,
  unpriced: z.boolean().optional().catch(undefined),
  without: z.array(z.enum(LACKS)).optional().catch(undefined),
});
export type CallSearch = z.infer<typeof callSearch>;

/** What the API is asked for: the filters alone, without those that are not set. */
export function queryOf(search: CallSearch): RequestQuery {
  return Object.fromEntries(Object.entries(filtersOf(search)).filter(([, value]) => value !== undefined)) as RequestQuery;
}

/** The filters alone of an address. */
export function filtersOf(search: CallSearch): CallSearch {
  return callSearch.parse(search);
}

/** `search` narrowed to one part of a breakdown; `key` null: to the calls that have none. */
export function narrow(search: CallSearch, name: FilterName, key: string | null): CallSearch {
  const filter: { label: string; lack?: Lack } = FILTERS[name];
  if (key !== null) return { ...search, [name]: key };
  return filter.lack === undefined ? search : { ...search, [name]: undefined, without: [...new Set([...(search.without ?? []), filter.lack])] };
}
