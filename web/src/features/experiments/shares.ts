/** Shares in hundredths of a percent, by version. They always sum to {@link WHOLE}. */
export type Shares = Record<string, number>;

export const WHOLE = 10_000;

/** `shares` with that of `id` as asked; the others are scaled in proportion, equally where all have nothing. */
export function rebalance(shares: Shares, id: string, asked: number): Shares {
  const others = Object.keys(shares).filter((each) => each !== id);
  if (others.length === 0) return { [id]: WHOLE };
  const own = Math.min(Math.max(Math.round(asked), 0), WHOLE);
  const rest = WHOLE - own;
  const before = others.reduce((sum, each) => sum + (shares[each] ?? 0), 0);
  const exact = others.map((each) => (before === 0 ? rest / others.length : (rest * (shares[each] ?? 0)) / before));
  // Whole percents where they can be: the first gets what is left over.
  const step = rest % 100 === 0 ? 100 : 1;
  const parts = exact.map((part) => Math.floor(part / step) * step);
  let left = rest - parts.reduce((sum, part) => sum + part, 0);
  const order = exact.map((part, at) => ({ at, over: part - (parts[at] ?? 0) })).toSorted((a, b) => b.over - a.over);
  for (const { at } of order) {
    if (left <= 0) break;
    const more = Math.min(step, left);
    parts[at] = (parts[at] ?? 0) + more;
    left -= more;
  }
  const next: Shares = {};
  for (const each of Object.keys(shares)) next[each] = each === id ? own : (parts[others.indexOf(each)] ?? 0);
  return next;
}

/** Whether both give everybody the same. */
export function isSame(a: Shares, b: Shares): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([id, share]) => b[id] === share);
}
