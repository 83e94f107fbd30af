import type { Figures } from "../figures";
import classes from "./BudgetBar.module.css";

const HEIGHT = 10;
const MARK = 2;

const width = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** What is spent, what is held, and where the period will end at this pace: a mark. `label` says it in words. */
export function BudgetBar({ figures, label }: { figures: Figures; label: string }) {
  return (
    <svg className={classes.bar} width="100%" height={HEIGHT} role="img" aria-label={label}>
      <rect className={classes.spent} data-tone={figures.tone} width={width(figures.spentShare)} height={HEIGHT} />
      <rect className={classes.reserved} x={width(figures.spentShare)} width={width(figures.reservedShare)} height={HEIGHT} />
      {figures.forecastShare === null ? null : <rect className={classes.forecast} x={width(figures.forecastShare)} width={MARK} height={HEIGHT} />}
    </svg>
  );
}
