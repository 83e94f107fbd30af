import type { Provider } from "./api";

const WRAPPING = /^["'`“”‘’\s]+|["'`“”‘’\s;,]+$/g;
const ASSIGNMENT = /^(?:export\s+)?[A-Z][A-Z0-9_]*\s*[=:]\s*/;

/** A key as it was pasted, without blanks, quotes and the name of a variable in front of it. A sealed or structured key is left. */
export function cleanKey(pasted: string): string {
  const text = pasted.trim();
  if (text.startsWith("{")) return text;
  return text.replace(WRAPPING, "").replace(ASSIGNMENT, "").replace(WRAPPING, "");
}

/** The provider whose keys begin like this one: of several, the one with the longest prefix. */
export function proposeProvider(key: string, providers: Provider[]): Provider | undefined {
  let best: { length: number; provider: Provider } | undefined;
  for (const provider of providers) {
    for (const prefix of provider.keyPrefixes) {
      if (key.startsWith(prefix) && key.length > prefix.length && prefix.length > (best?.length ?? 0)) best = { length: prefix.length, provider };
    }
  }
  return best?.provider;
}

/** How many characters of a prefix tell a provider for certain: `sk-` alone is that of many. */
const CERTAIN = 4;

/** Another provider than `chosen` whose key this certainly is. */
export function otherOwner(key: string, chosen: Provider, providers: Provider[]): Provider | undefined {
  const owner = proposeProvider(key, providers);
  if (owner === undefined || owner.name === chosen.name || chosen.requiresBaseUrl) return undefined;
  const prefix = owner.keyPrefixes.filter((each) => key.startsWith(each)).toSorted((a, b) => b.length - a.length)[0] ?? "";
  return prefix.length >= CERTAIN ? owner : undefined;
}

/** What may be shown of a key. */
export function ending(key: string): string {
  return key.length > 8 ? `…${key.slice(-4)}` : "…";
}
