const WIDTH = 84;
const HEIGHT = 24;

/** A small line of `values`, the oldest first. `label` says the same in words. */
export function Sparkline({ values, label, bad = false }: { values: number[]; label: string; bad?: boolean }) {
  const top = Math.max(...values, 1);
  const points = values.map((value, index) => {
    const x = values.length === 1 ? WIDTH : (index / (values.length - 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1)}`;
  });
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke={bad ? "var(--tl-bad)" : "var(--tl-accent)"}
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
