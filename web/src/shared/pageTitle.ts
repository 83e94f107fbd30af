import { useEffect, useSyncExternalStore } from "react";

let current = "";
const listeners = new Set<() => void>();

/** Names the browser's tab and the line above the page. `PageHeader` does it by itself. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Trunkline`;
    current = title;
    for (const listener of listeners) listener();
  }, [title]);
}

/** What the page calls itself. */
export function useCurrentTitle(): string {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
