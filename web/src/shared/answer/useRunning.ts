import { useSyncExternalStore } from "react";
import type { RunningAnswer, RunningView } from "./running";

/** An answer as it is now, and again with each change. */
export function useRunning(answer: RunningAnswer): RunningView {
  return useSyncExternalStore(answer.subscribe, answer.read);
}
