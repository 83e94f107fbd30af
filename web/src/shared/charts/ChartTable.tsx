import { VisuallyHidden } from "@mantine/core";
import type { Bar, Series } from "./StackedBars";

/** The figures of a chart for those who do not see it. Empty bars are left out. */
export function ChartTable({ title, bars, series, format }: { title: string; bars: Bar[]; series: Series[]; format: (value: number) => string }) {
  return (
    <VisuallyHidden>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th>Time</th>
            {series.map((each) => (
              <th key={each.name}>{each.name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) =>
            bar.values.some((value) => value > 0) ? (
              <tr key={bar.name}>
                <th>{bar.name}</th>
                {series.map((each, index) => (
                  <td key={each.name}>{format(bar.values[index] ?? 0)}</td>
                ))}
              </tr>
            ) : null,
          )}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
