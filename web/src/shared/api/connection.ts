import { useSyncExternalStore } from "react";
import { address } from "./address";

const AGAIN_MS = 3_000;

let reachable = true;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** Told by whatever asks the server: whether it answered at all. While it did not, it is asked again and again. */
export function tellReachable(answered: boolean): void {
  if (answered === reachable) return;
  reachable = answered;
  clearInterval(timer);
  if (!answered) timer = setInterval(() => void knock(), AGAIN_MS);
  for (const listener of listeners) listener();
}

async function knock(): Promise<void> {
  try {
    await fetch(address("/healthz"));
    tellReachable(true);
  } catch {
    // Still not there; the interval goes on.
  }
}

/** Whether the server answered when it was last asked. */
export function useReachable(): boolean {
  return useSyncExternalStore(subscribe, () => reachable);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
