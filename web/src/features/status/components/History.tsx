import { count, percent } from "@/shared/format/quantity";
import { moment } from "@/shared/format/time";
import { wordFor } from "@/shared/health";
import type { Status } from "../api";
import { texts } from "../texts";
import classes from "./History.module.css";

type Cells = Status["providers"][number]["cells"];

/** A bar for each cell of history, the oldest first. Screen readers hear the sum of it. */
export function History({ cells, label }: { cells: Cells; label: string }) {
  const seen = cells.filter((cell) => cell.state !== "unknown");
  const good = seen.filter((cell) => cell.state === "healthy").length;
  const sum = seen.length === 0 ? texts.nothing : texts.healthy(percent(good / seen.length));
  return (
    <svg className={classes.history} viewBox={`0 0 ${cells.length * 4} 24`} preserveAspectRatio="none" role="img" aria-label={`${label}: ${sum}`}>
      {cells.map((cell, index) => (
        <rect key={cell.from} x={index * 4} y={0} width={3} height={24} data-tone={wordFor(cell.state).tone}>
          <title>{texts.cell(moment(cell.from), wordFor(cell.state).word, count(cell.calls), count(cell.failures))}</title>
        </rect>
      ))}
    </svg>
  );
}
