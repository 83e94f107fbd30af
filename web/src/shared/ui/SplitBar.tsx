import classes from "./SplitBar.module.css";

/** How traffic is split: a bar with a part for each share, in percent; the first is the control. The words stand beside it. */
export function SplitBar({ shares }: { shares: readonly { id: string; share: number }[] }) {
  return (
    <div className={classes.bar} aria-hidden>
      {shares.map(({ id, share }) => (
        <span key={id} style={{ width: `${share}%` }} />
      ))}
    </div>
  );
}
