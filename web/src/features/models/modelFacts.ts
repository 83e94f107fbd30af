import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import type { Model } from "./api";

const MILLION = 1_000_000;

/** US dollars for a million tokens; null where the price is not known. */
function perMillion(model: Model, kind: "prompt" | "completion"): number | null {
  const price = model.pricing?.[kind];
  return price === undefined ? null : Number(price) * MILLION;
}

/** A model in one line: `text, vision · 128,000 tokens · $0.15 in, $0.60 out per million`. */
export function factsOf(model: Model): string {
  const [input, output] = [perMillion(model, "prompt"), perMillion(model, "completion")];
  return [
    model.capabilities.join(", "),
    model.contextLength === null ? "" : `${count(model.contextLength)} tokens`,
    input === null ? "" : `${usd(input)} in${output === null ? "" : `, ${usd(output)} out`} per million`,
    model.created === null ? "" : new Date(model.created * 1000).toISOString().slice(0, 10),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The models whose id or name holds all words of a search. */
export function searchModels(models: Model[], search: string): Model[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? models : models.filter((model) => words.every((word) => `${model.id} ${model.name}`.toLowerCase().includes(word)));
}
