import type { Status } from "@trunkline/client";
import type { Tone } from "./ui/Badge";

/** The state of a configuration or a provider. */
export type Health = Status["configurations"][number]["state"];

const WORDS: Record<Health, [word: string, tone: Tone]> = {
  healthy: ["Healthy", "good"],
  degraded: ["Degraded", "fair"],
  rate_limited: ["Rate limited", "fair"],
  down: ["Down", "bad"],
  unauthorized: ["Key rejected", "bad"],
  unknown: ["Not tested", "quiet"],
  inactive: ["Switched off", "quiet"],
};

/** How a state is told to people. */
export function wordFor(state: Health): { word: string; tone: Tone } {
  const [word, tone] = WORDS[state];
  return { word, tone };
}
