import { chromium, type Page } from "@playwright/test";
import { measure } from "./stopwatch.ts";
import { startUpstream } from "./upstream.ts";

/** What `python -m bench.console` has filled and started. */
const { url, pid, email, password, workspace, only } = JSON.parse(process.argv[2] ?? "{}") as { url: string; pid: number; email: string; password: string; workspace: string; only: string };

const PAGES = [
  "", "chat", "configurations", "configurations/new", "routes", "models", "features", "playground", "status", "usage", "requests", "experiments", "alerts",
  "keys", "members", "policies", "policies?tab=policies", "policies?tab=violations", "audit", "settings",
];
const SCROLLED = new Set(["configurations", "requests", "models"]);
const QUIET_MS = 150;

const say = (line: object) => console.log(JSON.stringify(line));

async function ask(method: string, path: string, token: string, body: object): Promise<Record<string, string>> {
  const headers = { "content-type": "application/json", "x-trunkline-workspace": workspace, ...(token === "" ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, string>;
}

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

async function scroll(page: Page): Promise<void> {
  await page.mouse.move(700, 500);
  for (let step = 0; step < 100; step += 1) {
    await page.mouse.wheel(0, 600);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

const upstream = await startUpstream();
const { accessToken = "" } = await ask("POST", "/api/auth/login", "", { email, password });
await ask("POST", "/api/configurations", accessToken, { name: "bench", provider: "openrouter", model: "maker-0/model-00000", baseUrl: upstream, apiKey: "sk-or-v1-bench" });
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.addInitScript((id) => localStorage.setItem("trunkline.workspace", JSON.stringify(id)), workspace);
await page.addInitScript(countRequests);
await page.goto(`${url}/console/`);
await page.getByLabel("Email").fill(email);
await page.getByRole("textbox", { name: "Password" }).fill(password);
await page.getByRole("button", { name: "Sign in" }).click();
await page.getByRole("banner").waitFor();

for (const path of PAGES.filter((each) => each.includes(only))) {
  // The second visit counts: the first brings the code.
  await page.goto(`${url}/console/${path}`);
  await shown(page);
  const cost = await measure(page, pid, async () => {
    await page.goto(`${url}/console/${path}`);
    await shown(page);
  });
  say({ what: "page", name: `/${path}`, ...cost, wall: cost.wall - QUIET_MS });
  if (SCROLLED.has(path)) say({ what: "scroll", name: `/${path}`, ...(await measure(page, pid, () => scroll(page))) });
}

await browser.close();
