import { useElementSize } from "@mantine/hooks";
import { ChartTable } from "./ChartTable";
import classes from "./charts.module.css";
import { apart, spread, ticks } from "./scale";

/** A bar: its parts from the bottom up, in the order of the series. */
export interface Bar {
  /** Unique, in words: "23 Nov, 09:00". */
  name: string;
  /** Short, for the axis: "23 Nov". Nothing is written for an empty one. */
  mark: string;
  values: number[];
}

export interface Series {
  name: string;
  color: string;
}

/** Something that happened at a bar: a new revision. */
export interface Marker {
  at: number;
  label: string;
}

const LETTER = 7.5;
const BOTTOM = 26;
const TOP = 10;

/**
 * Bars over time, stacked. `cursor` is the bar that is pointed at, in all charts that share it. Screen readers get a table.
 * `onOpen`: what a bar opens.
 */
export function StackedBars({
  title,
  bars,
  series,
  format,
  markers,
  height = 280,
  cursor,
  onCursor,
  onOpen,
}: {
  title: string;
  bars: Bar[];
  series: Series[];
  format: (value: number) => string;
  markers?: Marker[];
  height?: number;
  cursor: number | null;
  onCursor: (at: number | null) => void;
  onOpen?: (at: number) => void;
}) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const sums = bars.map((bar) => bar.values.reduce((sum, value) => sum + value, 0));
  const scale = ticks(Math.max(...sums, 0));
  const top = scale.at(-1) ?? 1;
  const left = 16 + LETTER * Math.max(...scale.map((tick) => format(tick).length));
  const inner = Math.max(width - left, 1);
  const step = inner / Math.max(bars.length, 1);
  const y = (value: number) => TOP + (height - TOP - BOTTOM) * (1 - value / top);
  const marked = bars.map((bar, at) => (bar.mark === "" ? -1 : at)).filter((at) => at >= 0);
  const spaced = spread(marked.length, Math.max(1, Math.floor(inner / 64))).map((index) => marked[index] ?? 0);
  // A first day that is cut off is narrow, and its mark would run into the next one.
  const shownMarks = apart(spaced, LETTER * Math.max(0, ...spaced.map((at) => bars[at]?.mark.length ?? 0)) / step);
  const shown = cursor === null ? undefined : bars[cursor];
  return (
    <div ref={ref} className={classes.frame} onPointerLeave={() => onCursor(null)}>
      <svg width="100%" height={height} aria-hidden>
        {scale.map((tick) => (
          <g key={tick}>
            <line className={classes.grid} x1={left} x2={left + inner} y1={y(tick)} y2={y(tick)} />
            <text className={classes.axis} x={left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {bars.map((bar, at) => {
          let base = 0;
          return (
            <g key={bar.name} data-dim={(cursor !== null && cursor !== at) || undefined} className={classes.bar}>
              {bar.values.map((value, index) => {
                const low = base;
                base += value;
                if (value <= 0) return null;
                const size = Math.max(y(low) - y(base) - 1, 1);
                return <rect key={series[index]?.name} x={left + at * step + 1} width={Math.max(step - 3, 1)} y={y(base)} height={size} rx={1} fill={series[index]?.color} />;
              })}
            </g>
          );
        })}
        {shownMarks.map((at) => {
          const mark = bars[at]?.mark ?? "";
          // The last one may have no room to its right.
          const ends = left + at * step + LETTER * mark.length > width;
          return (
            <text key={at} className={classes.axis} x={ends ? width : left + at * step + 1} textAnchor={ends ? "end" : "start"} y={height - 6}>
              {mark}
            </text>
          );
        })}
        {markers?.map((marker) => (
          <g key={`${marker.at} ${marker.label}`}>
            <line className={classes.marker} x1={left + marker.at * step} x2={left + marker.at * step} y1={TOP} y2={height - BOTTOM} />
            <text className={classes.note} x={left + marker.at * step + 4} y={TOP + 10}>
              {marker.label}
            </text>
          </g>
        ))}
        {bars.map((bar, at) => (
          <rect
            key={bar.name}
            className={classes.reach}
            data-opens={onOpen !== undefined || undefined}
            x={left + at * step}
            width={step}
            y={TOP}
            height={height - TOP - BOTTOM}
            onPointerEnter={() => onCursor(at)}
            onClick={() => onOpen?.(at)}
          />
        ))}
      </svg>
      {shown === undefined || cursor === null ? null : (
        <div className={classes.tip} data-side={cursor > bars.length / 2 ? "left" : "right"} style={{ insetInlineStart: left + (cursor + 0.5) * step }}>
          <b>{shown.name}</b>
          {series.map((each, index) =>
            (shown.values[index] ?? 0) > 0 ? (
              <span key={each.name} className={classes.line}>
                <i className={classes.swatch} style={{ background: each.color }} />
                {each.name}
                <span>{format(shown.values[index] ?? 0)}</span>
              </span>
            ) : null,
          )}
          <span className={classes.line}>
            In all<span>{format(sums[cursor] ?? 0)}</span>
          </span>
        </div>
      )}
      <ChartTable title={title} bars={bars} series={series} format={format} />
    </div>
  );
}
