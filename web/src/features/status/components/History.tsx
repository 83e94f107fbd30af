import { memo, type PointerEvent, useState } from "react";
import { count, percent } from "@/shared/format/quantity";
import { moment } from "@/shared/format/time";
import { wordFor } from "@/shared/health";
import type { Status } from "../api";
import { texts } from "../texts";
import classes from "./History.module.css";

type Cells = Status["providers"][number]["cells"];

const WIDTH = 4;

/** A bar for each cell of history, the oldest first; the pointer tells of one. Screen readers hear the sum of it. */
export const History = memo(function History({ cells, label }: { cells: Cells; label: string }) {
  const [told, setTold] = useState<number | null>(null);
  const seen = cells.filter((cell) => cell.state !== "unknown");
  const good = seen.filter((cell) => cell.state === "healthy").length;
  const sum = seen.length === 0 ? texts.nothing : texts.healthy(percent(good / seen.length));
  const cell = told === null ? undefined : cells[told];
  const tell = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setTold(Math.min(cells.length - 1, Math.floor(((event.clientX - left) / width) * cells.length)));
  };
  return (
    <svg className={classes.history} viewBox={`0 0 ${cells.length * WIDTH} 24`} preserveAspectRatio="none" role="img" aria-label={`${label}: ${sum}`} onPointerMove={tell}>
      {cell === undefined ? null : <title>{texts.cell(moment(cell.from), wordFor(cell.state).word, count(cell.calls), count(cell.failures))}</title>}
      {[...barsOf(cells)].map(([tone, bars]) => (
        <path key={tone} d={bars} data-tone={tone} />
      ))}
    </svg>
  );
});

/** The bars of each tone as one path: a list of a hundred has nine thousand of them. */
function barsOf(cells: Cells): Map<string, string> {
  const bars = new Map<string, string>();
  for (const [index, { state }] of cells.entries()) {
    const { tone } = wordFor(state);
    bars.set(tone, `${bars.get(tone) ?? ""}M${index * WIDTH} 0h3v24h-3z`);
  }
  return bars;
}
