import type { Page } from "@playwright/test";
import type { Bench } from "./bench.ts";
import { measure } from "./stopwatch.ts";

const PAGES = [
  "", "chat", "configurations", "configurations/new", "routes", "models", "features", "playground", "status", "usage", "requests", "experiments", "alerts",
  "keys", "members", "policies", "policies?tab=policies", "policies?tab=violations", "audit", "settings",
];
const SCROLLED = new Set(["configurations", "requests", "models"]);
const QUIET_MS = 150;

/** Counts what the page waits for, streams of events left out, and keeps since when it has waited for nothing. */
function countRequests(): void {
  const send = window.fetch.bind(window);
  const state = { waiting: 0, quietSince: 0 };
  Object.assign(window, { asked: state });
  window.fetch = async (...given) => {
    state.waiting += 1;
    try {
      const answer = await send(...given);
      if (answer.headers.get("content-type")?.startsWith("text/event-stream") !== true) await answer.clone().arrayBuffer();
      return answer;
    } finally {
      state.waiting -= 1;
      state.quietSince = performance.now();
    }
  };
}

/** The page is there with its data: its title stands, and nothing was asked for a moment. */
async function shown(page: Page): Promise<void> {
  await page.waitForFunction((quietMs) => {
    const { asked } = window as unknown as { asked: { waiting: number; quietSince: number } };
    return document.querySelector("main h1") !== null && asked.waiting === 0 && performance.now() - asked.quietSince > quietMs;
  }, QUIET_MS);
}

/** When the page showed something first, and when it showed its largest piece, in milliseconds on the wall after it was asked for. */
function paints(page: Page): Promise<{ first: number; largest: number }> {
  return page.evaluate(
    () =>
      new Promise((done) => {
        new PerformanceObserver((seen) => {
          const [first] = performance.getEntriesByName("first-contentful-paint");
          done({ first: first?.startTime ?? 0, largest: seen.getEntries().at(-1)?.startTime ?? 0 });
        }).observe({ type: "largest-contentful-paint", buffered: true });
      }),
  );
}

async function scroll(page: Page): Promise<void> {
  await page.mouse.move(700, 500);
  for (let step = 0; step < 100; step += 1) {
    await page.mouse.wheel(0, 600);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

/** Opens the pages with `only` in their path, and scrolls the long ones. */
export async function measurePages({ page, url, pid, say }: Bench, only: string): Promise<void> {
  await page.addInitScript(countRequests);
  for (const path of PAGES.filter((each) => `/${each}`.includes(only))) {
    // The second visit counts: the first brings the code.
    await page.goto(`${url}/console/${path}`);
    await shown(page);
    const cost = await measure(page, pid, async () => {
      await page.goto(`${url}/console/${path}`);
      await shown(page);
    });
    // Once more, as tracing takes its time.
    await page.goto(`${url}/console/${path}`);
    await shown(page);
    say({ what: "page", name: `/${path}`, ...cost, wall: cost.wall - QUIET_MS, ...(await paints(page)) });
    if (SCROLLED.has(path)) say({ what: "scroll", name: `/${path}`, ...(await measure(page, pid, () => scroll(page))) });
  }
}
