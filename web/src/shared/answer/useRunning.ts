import { useSyncExternalStore } from "react";
import type { RunningAnswer, RunningView } from "./running";

const never = () => () => undefined;
const nothing = () => null;

/** An answer as it is now, and again with each change; null where there is none. */
export function useRunning(answer: RunningAnswer): RunningView;
export function useRunning(answer: RunningAnswer | null): RunningView | null;
export function useRunning(answer: RunningAnswer | null): RunningView | null {
  return useSyncExternalStore(answer?.subscribe ?? never, answer?.read ?? nothing);
}
