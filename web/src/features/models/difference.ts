import type { Configuration } from "./api";
import type { Settings } from "./settings";

/** One thing that is otherwise, as revisions tell it. */
export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

/** What a form changes of a configuration. */
export interface Editable {
  name: string;
  model: string | null;
  baseUrl: string | null;
  shared: boolean;
  isActive: boolean;
  configuration: Settings;
}

/** That of a configuration which a form changes. */
export function editable({ name, model, baseUrl, shared, isActive, configuration }: Configuration): Editable {
  return { name, model, baseUrl, shared, isActive, configuration };
}

/** What is otherwise in `after`, settings one by one, by path. */
export function differences(before: Editable, after: Editable): Difference[] {
  const { configuration: old, ...plain } = before;
  const { configuration: next, ...changed } = after;
  return [...compare(plain, changed, ""), ...compare(old, next, "configuration.")];
}

function compare(before: object, after: object, root: string): Difference[] {
  const old = before as Settings;
  const next = after as Settings;
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names
    .filter((name) => JSON.stringify(old[name] ?? null) !== JSON.stringify(next[name] ?? null))
    .map((name) => ({ path: root + name, before: old[name] ?? null, after: next[name] ?? null }));
}
