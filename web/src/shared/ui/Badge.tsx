import type { ReactNode } from "react";
import classes from "./Badge.module.css";

/** How good something is. */
export type Tone = "good" | "fair" | "bad" | "quiet";

/** A dot and a word: never the colour alone. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
}
