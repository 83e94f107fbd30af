const numbers = new Map<string, Intl.NumberFormat>();
const times = new Map<string, Intl.DateTimeFormat>();

/** The formatter of numbers with `options`, in the viewer's locale. To make one takes longer than a page of figures: each is made once. */
export function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numbers, options, () => new Intl.NumberFormat(undefined, options));
}

/** The same for moments. */
export function timeFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(times, options, () => new Intl.DateTimeFormat(undefined, options));
}

function kept<Formatter>(made: Map<string, Formatter>, options: object, make: () => Formatter): Formatter {
  const key = JSON.stringify(options);
  let formatter = made.get(key);
  if (formatter === undefined) made.set(key, (formatter = make()));
  return formatter;
}
