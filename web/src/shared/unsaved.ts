import { useEffect } from "react";

const guards = new Set<symbol>();

/** Whether something on the page was changed and is not saved. */
export function isUnsaved(): boolean {
  return guards.size > 0;
}

/** Tells that something was changed and is not saved, as long as `when` holds. */
export function useUnsaved(when: boolean): void {
  useEffect(() => {
    if (!when) return undefined;
    const guard = Symbol("unsaved");
    guards.add(guard);
    return () => void guards.delete(guard);
  }, [when]);
}
