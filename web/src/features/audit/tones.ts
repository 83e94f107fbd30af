import type { Tone } from "@/shared/ui/Badge";
import type { Outcome } from "./search";

/** How each outcome looks. */
export const TONES: Record<Outcome, Tone> = { ok: "good", failed: "fair", refused: "bad" };
