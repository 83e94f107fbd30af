/** One thing that is otherwise, by its path. */
export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

/** What is otherwise in `after`, down to single values: in objects by name, in lists of objects by place (from 0). Unset is null. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  const [old, next] = [before ?? null, after ?? null];
  if (!isParts(old) || !isParts(next) || Array.isArray(old) !== Array.isArray(next)) {
    return JSON.stringify(old) === JSON.stringify(next) ? [] : [{ path, before: old, after: next }];
  }
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names.flatMap((name) => differences(old[name], next[name], path === "" ? name : `${path}.${name}`));
}

/** Whether something is told part by part. */
function isParts(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && (!Array.isArray(value) || value.some((each) => typeof each === "object"));
}

/** What came or went as a whole, part by part where it has parts: a table shows values better than JSON. */
export function unfold(difference: Difference): Difference[] {
  const { path, before, after } = difference;
  if (before !== null && after !== null) return [difference];
  const whole = before ?? after;
  if (!isParts(whole) || "mask" in whole) return [difference];
  const parts = Object.entries(whole).flatMap(([name, part]) =>
    part === null ? [] : unfold({ path: `${path}.${name}`, before: before === null ? null : part, after: after === null ? null : part }),
  );
  return parts.length === 0 ? [difference] : parts;
}

/** A value as people read it: a secret by its mask, texts as they are, all else as JSON. */
export function show(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null && "mask" in value ? String(value.mask) : JSON.stringify(value);
}
