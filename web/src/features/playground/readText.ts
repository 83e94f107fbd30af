/** The text of an answer in any of the four formats, or of one event of its stream. */
export function textOf(answer: unknown): string {
  if (typeof answer !== "object" || answer === null) return "";
  const { choices, content, candidates, output, delta, type } = answer as Record<string, unknown>;
  if (Array.isArray(choices)) return choices.map((choice) => pick(choice, "message", "content") || pick(choice, "delta", "content")).join("");
  if (Array.isArray(candidates)) return candidates.flatMap((candidate) => list(at(at(candidate, "content"), "parts")).map((part) => pick(part, "text"))).join("");
  if (Array.isArray(content)) return content.map((part) => pick(part, "text")).join("");
  if (Array.isArray(output)) return output.flatMap((item) => list(at(item, "content")).map((part) => pick(part, "text"))).join("");
  if (type === "content_block_delta") return pick(delta, "text");
  return type === "response.output_text.delta" && typeof delta === "string" ? delta : "";
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function pick(value: unknown, ...path: string[]): string {
  const found = path.reduce(at, value);
  return typeof found === "string" ? found : "";
}

/** How many tokens were written, wherever the format says it; null where it does not. */
export function outputTokensOf(answer: unknown): number | null {
  const usage = at(answer, "usage") ?? at(at(answer, "response"), "usage") ?? at(answer, "usageMetadata");
  const found = ["completion_tokens", "output_tokens", "candidatesTokenCount"].map((name) => at(usage, name)).find((value) => typeof value === "number");
  return typeof found === "number" ? found : null;
}

/** How alike two vectors are, from -1 to 1. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
  const size = Math.hypot(...a) * Math.hypot(...b);
  return size === 0 ? 0 : dot / size;
}
