import type { ReactNode } from "react";
import classes from "./calls.module.css";

/** A name, and what it is. Nothing where there is nothing. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (children === null || children === undefined || children === "") return null;
  return (
    <div className={classes.fact}>
      <span className={classes.label}>{label}</span>
      <span className={classes.value}>{children}</span>
    </div>
  );
}
