import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

/** What something cost, in milliseconds: processor time of the page's main thread and of the server, and what a clock on the wall says. */
export interface Cost {
  /** Of the page's main thread. */
  page: number;
  /** Its longest task. */
  longest: number;
  server: number;
  wall: number;
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  tdur?: number;
  args: { name?: string };
}

const TICK_MS = 10;

/** Processor time of a process and all below it, those that ended included. */
function timeOf(pid: number): number {
  let ticks = 0;
  const parents = new Map<number, number>();
  const stats = new Map<number, string[]>();
  for (const each of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${each}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      stats.set(Number(each), fields);
      parents.set(Number(each), Number(fields[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  for (const [each, fields] of stats) {
    let up: number | undefined = each;
    while (up !== undefined && up !== pid) up = parents.get(up);
    if (up === pid) ticks += [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  }
  return ticks * TICK_MS;
}

/** Says what `work` costs. Tasks are measured in processor time, which a busy machine does not make longer. */
export async function measure(page: Page, server: number, work: () => Promise<void>): Promise<Cost> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("The page has no browser.");
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"] });
  const before = timeOf(server);
  const began = performance.now();
  await work();
  const wall = performance.now() - began;
  const spent = timeOf(server) - before;
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const main = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === "RunTask" && main.has(`${pid} ${tid}`)).map(({ tdur = 0 }) => tdur / 1_000);
  return { page: tasks.reduce((sum, each) => sum + each, 0), longest: Math.max(0, ...tasks), server: spent, wall };
}
