import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test, type TestInfo } from "@playwright/test";

export const EMAIL = process.env["CONSOLE_EMAIL"] ?? "";
export const PASSWORD = process.env["CONSOLE_PASSWORD"] ?? "";

/** Signs in on the page of `path` as people do: as the owner, or as somebody with the same password. */
export async function signInByHand(page: Page, path = "/", email = EMAIL): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Email").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("banner")).toBeVisible();
}

/** Opens the page of `path`, signed in: half of what it takes by hand. */
export async function signIn(page: Page, path = "/", email = EMAIL): Promise<void> {
  await beginSession(page, email);
  await page.goto(path);
  await expect(page.getByRole("banner")).toBeVisible();
}

/** Gives the browser of `page` the cookie that a sign-in leaves there. */
export async function beginSession(page: Page, email = EMAIL): Promise<void> {
  const answer = await page.request.post("/api/auth/login", { data: { email, password: PASSWORD, cookie: true } });
  expect(answer.ok(), await answer.text()).toBe(true);
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
 * In light and in dark, at each width, axe finds nothing and nothing is wider than the window, and the page keeps to itself. Where
 * CONSOLE_PICTURES says so, a picture is kept for people.
 */
export async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  await keepsToItself(page);
  for (const scheme of ["light", "dark"] as const) {
    await wear(page, scheme);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      if (process.env["CONSOLE_PICTURES"] !== undefined) await page.screenshot({ path: info.outputPath(`${name}-${scheme}-${width}.png`) });
      // The page keeps axe from the first time, and its frames are of its own origin: a third of the time, the same findings.
      const axe = new AxeBuilder({ page, ...(scheme === "light" && width === WIDTHS[0] ? {} : { axeSource: ";" }) }).setLegacyMode();
      // The dark look is the same page in other colours: what has nothing to do with them was found in the light.
      const rules = scheme === "light" ? {} : { runOnly: { type: "rule" as const, values: ["color-contrast", "link-in-text-block"] } };
      expect((await axe.options({ resultTypes: ["violations"], ...rules }).analyze()).violations, `${name}, ${scheme}, ${width}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, `${name}, ${width}`).toBe(0);
    }
  }
  await wear(page, "light");
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** As if the system had another look now, without colours that are on their way from one to the other. */
async function wear(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  // Pages without Mantine read it when they are loaded.
  await page.evaluate(async (scheme) => {
    document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
    const underway = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(underway.map((each) => each.finished));
  }, colorScheme);
}

/** A story that looks at pages: in a wide window, with time for many of them. */
export function everyLook(title: string, story: (page: Page, info: TestInfo) => Promise<void>): void {
  test(`${title} in light and dark`, async ({ page }, info) => {
    test.setTimeout(480_000);
    await page.setViewportSize({ width: 1440, height: 900 });
    await story(page, info);
  });
}
