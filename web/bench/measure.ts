import { chromium, type Page } from "@playwright/test";
import { type Cost, measure } from "./stopwatch.ts";
import { startUpstream } from "./upstream.ts";

/** What `python -m bench.console` has filled and started. */
const { url, pid, email, password, workspace, only } = JSON.parse(process.argv[2] ?? "{}") as { url: string; pid: number; email: string; password: string; workspace: string; only: string };

const PAGES = [
  "", "chat", "configurations", "configurations/new", "routes", "models", "features", "playground", "status", "usage", "requests", "experiments", "alerts",
  "keys", "members", "policies", "policies?tab=policies", "policies?tab=violations", "audit", "settings",
];
const SCROLLED = new Set(["configurations", "requests", "models"]);
const QUIET_MS = 150;
const TYPED = "The quick brown fox jumps over the lazy dog. ";
/** An hour at fifty tokens per second, in answers that are not too long to be read. */
const ANSWERS = 24;
const TOKENS = 7_500;
const FAST = 2_500;

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

async function begin(page: Page, prompt: string): Promise<void> {
  const message = page.getByRole("textbox", { name: "Message", exact: true });
  await message.fill(prompt);
  await message.press("Enter");
  await page.waitForURL(/chat\/[0-9a-f-]{36}/);
}

async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / 1e6;
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

const visit = async () => {
  await page.goto(`${url}/console/chat?model=bench`);
  await page.getByRole("textbox", { name: "Message", exact: true }).waitFor();
};
if (only !== "") process.exit();
await visit();
const typing: Cost = await measure(page, pid, async () => {
  await begin(page, "tokens=3000 rate=200");
  const message = page.getByRole("textbox", { name: "Message", exact: true });
  await message.pressSequentially(TYPED.repeat(6), { delay: 40 });
  await page.getByRole("button", { name: "Regenerate" }).waitFor({ timeout: 120_000 });
});
say({ what: "stream", name: "3,000 tokens at 200/s while typing", ...typing });

await visit();
for (let answer = 0; answer < ANSWERS; answer += 1) {
  await begin(page, `tokens=${TOKENS} rate=${FAST}`);
  await page.getByRole("button", { name: "Regenerate" }).waitFor({ timeout: 180_000 });
  await page.getByRole("link", { name: "New chat" }).first().click();
  await page.waitForURL(/\/chat(\?|$)/);
  say({ what: "heap", name: `after ${((answer + 1) * TOKENS).toLocaleString("en")} tokens`, megabytes: await heap(page) });
}
await browser.close();
