import type { Job } from "./api";

/** How far a download is. */
export interface PullProgress {
  completed: number;
  total: number;
  /** From 0 to 1; null while the size is not known. */
  share: number | null;
  /** Bytes a second; null until two moments are known. */
  rate: number | null;
  /** Until it is done; null where it cannot be told. */
  secondsLeft: number | null;
}

/** A moment of a download, from which its rate is told. */
export interface Sample {
  at: number;
  completed: number;
}

/** How far `job` is, from what it says now and an earlier moment of it. */
export function progressOf(job: Job, since: Sample | null, now: number): PullProgress {
  const completed = Number(job.progress["completed"] ?? 0);
  const total = Number(job.progress["total"] ?? 0);
  const seconds = since === null ? 0 : (now - since.at) / 1000;
  const rate = since !== null && seconds > 0.5 && completed > since.completed ? (completed - since.completed) / seconds : null;
  return {
    completed,
    total,
    share: total > 0 ? Math.min(1, completed / total) : null,
    rate,
    secondsLeft: rate === null || total === 0 ? null : (total - completed) / rate,
  };
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Bytes as people read them: `1.2 GB`. */
export function bytes(value: number): string {
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: unit === 0 || size >= 100 ? 0 : 1 }).format(size)} ${UNITS[unit]}`;
}
