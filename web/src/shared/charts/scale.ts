/** About `count` round numbers from 0 up to at least `top`. */
export function ticks(top: number, count = 4): number[] {
  if (!(top > 0)) return [0, 1];
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10);
  const found = Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return found;
}

/** Those of `places`, in ascending order, that have `room` to the one after them; the last one always has. */
export function apart(places: number[], room: number): number[] {
  return places.filter((place, index) => (places[index + 1] ?? Number.POSITIVE_INFINITY) - place >= room);
}

/** Indices of at most `count` of `length` things, as evenly apart as can be. */
export function spread(length: number, count: number): number[] {
  const step = Math.max(1, Math.ceil(length / count));
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
}
