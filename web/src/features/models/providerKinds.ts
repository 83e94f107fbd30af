import type { Provider } from "./api";

export type ProviderKind = Provider["kind"];

/** Kinds of providers, in the order in which they are offered. */
const KINDS: ProviderKind[] = ["maker", "host", "cloud", "own", "other"];

/** Those that a search finds, by kind. */
export function byKind(providers: Provider[], search: string): [ProviderKind, Provider[]][] {
  const words = search.trim().toLowerCase();
  const found = providers.filter((provider) => `${provider.displayName} ${provider.name}`.toLowerCase().includes(words));
  return KINDS.map((kind): [ProviderKind, Provider[]] => [kind, found.filter((provider) => provider.kind === kind)]).filter(([, some]) => some.length > 0);
}
