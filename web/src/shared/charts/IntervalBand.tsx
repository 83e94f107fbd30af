import { useElementSize } from "@mantine/hooks";
import classes from "./charts.module.css";
import { spread } from "./scale";

/** A bound and an estimate at a moment (milliseconds). Points of another `part` are not joined with it. */
export interface BandPoint {
  at: number;
  part: number;
  low: number;
  estimate: number;
  high: number;
}

const LEFT = 58;
const BOTTOM = 26;
const TOP = 10;

/** An estimate over time between its bounds, with a line at zero. `label` says in words what it shows. */
export function IntervalBand({
  label,
  points,
  markers,
  format,
  mark,
  height = 260,
}: {
  label: string;
  points: BandPoint[];
  markers: { at: number; label: string }[];
  format: (value: number) => string;
  mark: (at: number) => string;
  height?: number;
}) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first + 1;
  const most = niceTop(Math.max(...points.map((each) => Math.max(Math.abs(each.low), Math.abs(each.high))), 0));
  const inner = Math.max(width - LEFT, 1);
  const x = (at: number) => LEFT + (inner * (at - first)) / Math.max(last - first, 1);
  const y = (value: number) => TOP + (height - TOP - BOTTOM) * (0.5 - Math.min(Math.max(value / most, -1), 1) / 2);
  const line = (some: BandPoint[], pick: (point: BandPoint) => number) => some.map((each) => `${x(each.at).toFixed(1)},${y(pick(each)).toFixed(1)}`).join(" L");
  const parts = [...new Set(points.map((each) => each.part))].map((part) => points.filter((each) => each.part === part));
  const marks = spread(7, Math.max(2, Math.floor(inner / 90))).map((at) => first + ((last - first) * at) / 7);
  return (
    <div ref={ref} className={classes.frame}>
      <svg width="100%" height={height} role="img" aria-label={label}>
        {[-1, -0.5, 0, 0.5, 1].map((part) => (
          <g key={part}>
            <line className={part === 0 ? classes.zero : classes.grid} x1={LEFT} x2={LEFT + inner} y1={y(part * most)} y2={y(part * most)} />
            <text className={classes.axis} x={LEFT - 8} y={y(part * most)} dy="0.32em" textAnchor="end">
              {format(part * most)}
            </text>
          </g>
        ))}
        {marks.map((at) => (
          <text key={at} className={classes.axis} x={x(at)} y={height - 6}>
            {mark(at)}
          </text>
        ))}
        {parts.map((some) => (
          <g key={some[0]?.part}>
            <path className={classes.band} d={`M${line(some, (each) => each.high)} L${line(some.toReversed(), (each) => each.low)} Z`} />
            <path className={classes.curve} d={`M${line(some, (each) => each.estimate)}`} />
          </g>
        ))}
        {markers.map((marker) => (
          <g key={marker.at}>
            <line className={classes.marker} x1={x(marker.at)} x2={x(marker.at)} y1={TOP} y2={height - BOTTOM} />
            <text className={classes.note} x={x(marker.at) + 5} y={TOP + 10}>
              {marker.label}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 1.2, 1.5, 2, 3, 4, 6, 8, 10].find((each) => each * power >= value) ?? 10);
}
