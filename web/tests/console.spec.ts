import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

const EMAIL = process.env["CONSOLE_EMAIL"] ?? "";
const PASSWORD = process.env["CONSOLE_PASSWORD"] ?? "";

async function signIn(page: Page, path = "/"): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeAttached();
}

/** Everything that the page asked for, and everything that it complained of. */
function watch(page: Page): { origins: Set<string>; complaints: string[] } {
  const origins = new Set<string>();
  const complaints: string[] = [];
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // The first question for a session is answered with a 401, which the browser tells by itself.
    if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
  });
  return { origins, complaints };
}

test("a wrong password is told at the field, and nothing typed is lost", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill("a wrong password");
  await page.keyboard.press("Enter");
  await expect(page.getByText("The email address or the password is wrong.")).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue(EMAIL);
});

test("signed in, one sees the configurations; a reload and a second tab go on", async ({ page, context, baseURL }) => {
  const seen = watch(page);
  await signIn(page);
  await expect(page).toHaveURL(/\/console\/configurations$/);
  await expect(page.getByRole("cell", { name: "demo demo-chat" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
  const second = await context.newPage();
  await second.goto("/console/status");
  await expect(second.getByRole("heading", { name: "Status" })).toBeVisible();
  expect([...seen.origins]).toEqual([new URL(baseURL ?? "").origin]);
  expect(seen.complaints).toEqual([]);
});

test("no script can read the session, and no token lies in storage or in an address", async ({ page }) => {
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await signIn(page);
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
  const kept = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(`${kept} ${addresses.join(" ")}`).not.toMatch(/eyJ|tlr-/);
});

test("signed out in one tab is signed out in all", async ({ page, context }) => {
  await signIn(page);
  const second = await context.newPage();
  await second.goto("/console/status");
  await expect(second.getByRole("heading", { name: "Status" })).toBeVisible();
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
  await expect(second.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
});

test("filters and order stand in the address", async ({ page }) => {
  await signIn(page);
  await page.getByLabel("Name, model or key ending").fill("no such thing");
  await expect(page.getByText("No configuration is like that. Take a filter away.")).toBeVisible();
  await expect(page).toHaveURL(/q=no/);
  await page.getByLabel("Name, model or key ending").fill("");
  await page.getByRole("button", { name: "Cost" }).click();
  await expect(page).toHaveURL(/sort=cost/);
  await expect(page.getByRole("columnheader", { name: "Cost" })).toHaveAttribute("aria-sort", "ascending");
});

test("the keyboard reaches the page and its controls", async ({ page }) => {
  await signIn(page);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
});

test("an address that leads nowhere says so", async ({ page }) => {
  await signIn(page, "/console/nowhere");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
});

const PAGES = [
  ["configurations", "Configurations"],
  ["status", "Status"],
] as const;

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1440, 1024, 375]) {
    test(`pages in ${scheme} at ${width} pixels are accessible`, async ({ browser }, info) => {
      const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await page.goto("/");
      await expect(page.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await signIn(page);
      for (const [path, title] of PAGES) {
        await page.goto(`/console/${path}`);
        await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
        await expect(page.getByText("demo-chat")).toBeVisible();
        await page.screenshot({ path: info.outputPath(`${path}-${scheme}-${width}.png`) });
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(overflow).toBe(0);
      }
      await context.close();
    });
  }
}
