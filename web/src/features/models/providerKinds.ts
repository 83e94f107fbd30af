import type { Provider } from "./api";

/** Kinds of providers, in the order in which they are offered. */
const KINDS = ["makers", "hosts", "clouds", "own", "others"] as const;
export type ProviderKind = (typeof KINDS)[number];

const KIND_OF: Record<string, ProviderKind> = {
  openai: "makers", anthropic: "makers", gemini: "makers", mistral: "makers", deepseek: "makers", xai: "makers", cohere: "makers", perplexity: "makers",
  openrouter: "hosts", huggingface: "hosts", groq: "hosts", together: "hosts", fireworks: "hosts", nvidia: "hosts",
  vertex: "clouds", bedrock: "clouds", "azure-openai": "clouds",
  ollama: "own", vllm: "own", "lm-studio": "own", "llama-cpp": "own",
};

/** Those that a search finds, by kind. */
export function byKind(providers: Provider[], search: string): [ProviderKind, Provider[]][] {
  const words = search.trim().toLowerCase();
  const found = providers.filter((provider) => `${provider.displayName} ${provider.name}`.toLowerCase().includes(words));
  return KINDS.map((kind): [ProviderKind, Provider[]] => [kind, found.filter((provider) => (KIND_OF[provider.name] ?? "others") === kind)]).filter(
    ([, some]) => some.length > 0,
  );
}
