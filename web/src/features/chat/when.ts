import { texts } from "./texts";

const DAY_MS = 86_400_000;

/** When a conversation was last used: now, 14:02, Yesterday, Thu, 3 Nov. */
export function when(moment: string, now: Date = new Date()): string {
  const at = new Date(moment);
  if (now.getTime() - at.getTime() < 60_000) return texts.now;
  const days = Math.round((startOf(now) - startOf(at)) / DAY_MS);
  if (days === 0) return at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (days === 1) return texts.yesterday;
  if (days < 7) return at.toLocaleDateString(undefined, { weekday: "short" });
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  return at.toLocaleDateString(undefined, { day: "numeric", month: "short", ...year });
}

function startOf(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}
