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
