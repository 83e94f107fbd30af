import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test, type TestInfo } from "@playwright/test";

export const EMAIL = process.env["CONSOLE_EMAIL"] ?? "";
export const PASSWORD = process.env["CONSOLE_PASSWORD"] ?? "";

/** Signs in on the page of `path`: as the owner, or as somebody with the same password. */
export async function signIn(page: Page, path = "/", email = EMAIL): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Email").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("banner")).toBeVisible();
}

/** Asks the API as the owner, without the console: what a story needs that is not its own. */
export async function asOwner(page: Page): Promise<(path: string, data?: object) => Promise<unknown>> {
  const session = await page.request.post("/api/auth/login", { data: { email: EMAIL, password: PASSWORD } });
  const { accessToken } = (await session.json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}` };
  return async (path, data) => {
    const answer = await (data === undefined ? page.request.get(path, { headers }) : page.request.post(path, { headers, data }));
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
}

/** Everything that the page asked for, and everything that it complained of. */
export function watch(page: Page): { origins: Set<string>; complaints: string[] } {
  const origins = new Set<string>();
  const complaints: string[] = [];
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { origins, complaints };
}

const WIDTHS = [1440, 1024, 375];

/** Tokens of each kind, and the head of an access token. */
const TOKENS = /\btl[ro]?-[\w-]{43}|\beyJ[\w-]{10}/;

/** Nothing came from another origin, and no token stands where scripts, histories or other pages could find it. */
async function keepsToItself(page: Page): Promise<void> {
  const { origins, kept } = await page.evaluate(() => ({
    origins: performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin),
    kept: JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }]),
  }));
  expect(new Set([...origins, new URL(page.url()).origin]).size, `${origins}`).toBe(1);
  expect(kept).not.toMatch(TOKENS);
}

/**
 * At each width axe finds nothing and nothing is wider than the window, and the page keeps to itself. Where CONSOLE_PICTURES says so, a picture
 * is kept for people.
 */
export async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  await keepsToItself(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    if (process.env["CONSOLE_PICTURES"] !== undefined) await page.screenshot({ path: info.outputPath(`${name}-${width}.png`) });
    // The page keeps axe from the first width, and its frames are of its own origin: a third of the time, the same findings.
    const axe = width === WIDTHS[0] ? new AxeBuilder({ page }) : new AxeBuilder({ page, axeSource: ";" });
    expect((await axe.setLegacyMode().options({ resultTypes: ["violations"] }).analyze()).violations).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBe(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Tries `story` in light and in dark, each in a browser of its own. */
export function everyLook(title: string, story: (page: Page, info: TestInfo, scheme: string) => Promise<void>): void {
  for (const scheme of ["light", "dark"] as const) {
    test(`${title} in ${scheme}`, async ({ browser }, info) => {
      test.setTimeout(180_000);
      const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await story(page, info, scheme);
      await context.close();
    });
  }
}
