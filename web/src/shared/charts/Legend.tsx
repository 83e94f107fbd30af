import type { Series } from "./StackedBars";
import classes from "./charts.module.css";

/** Which colour is what. */
export function Legend({ series }: { series: Series[] }) {
  return (
    <div className={classes.legend}>
      {series.map((each) => (
        <span key={each.name}>
          <i className={classes.swatch} style={{ background: each.color }} aria-hidden />
          {each.name}
        </span>
      ))}
    </div>
  );
}
