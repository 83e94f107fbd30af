import { expect, type Page, type Route, test } from "@playwright/test";
import { ask, call, makeKey } from "./server";
import { signIn, watch } from "./support";

const pages = (page: Page) => page.getByRole("navigation", { name: "Pages" });

async function switchTo(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: /^Workspace:/ }).click();
  await page.getByRole("menuitem", { name }).click();
}

test("the navigation counts what there is, and hears of changes", async ({ page }) => {
  const seen = watch(page);
  const one = await ask("POST", "/api/configurations", { name: `First ${Date.now()}`, provider: "demo", model: "demo-chat", shared: true });
  const route = await ask("POST", "/api/routes", { name: `front-${Date.now()}`, strategy: "weighted", targets: [{ configurationId: one["id"] }] });
  const listed = await ask<unknown[]>("GET", "/api/configurations?limit=100");
  await signIn(page, "/console/configurations");
  await expect(pages(page).getByRole("link", { name: `Configurations ${listed.length} in all` })).toBeVisible();
  await expect(pages(page).getByRole("link", { name: "Routes 1 in all" })).toBeVisible();
  await expect(pages(page).getByRole("link", { name: "Features 5 in all" })).toBeVisible();
  await expect(pages(page).getByRole("link", { name: "Alerts", exact: true })).toBeVisible();
  await page.goto(`/console/routes/${route["id"]}`);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(pages(page).getByRole("link", { name: "Routes", exact: true })).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test("each figure of Home opens the requests that it sums", async ({ page }) => {
  const key = await makeKey("shop");
  for (let at = 0; at < 3; at += 1) expect(await call(key, "demo-chat")).toBe(200);
  await signIn(page, "/console/");
  await page.getByRole("link", { name: /^Requests today\s*[1-9]/ }).click({ timeout: 60_000 });
  await expect(page.getByRole("heading", { name: "Requests", level: 1 })).toBeVisible();
  expect(new URL(page.url()).search).toMatch(/userId=.*since=.*until=/);
  await page.goBack();
  await page.getByRole("link", { name: /^Errors today/ }).click();
  await expect(page).toHaveURL(/outcome=error/);
  await page.goBack();
  await page.getByRole("link", { name: "All usage and cost" }).click();
  await expect(page.getByRole("heading", { name: /^Usage/, level: 1 })).toBeVisible();
});

test("the palette finds models, and loses no letter that is typed while its code is on the way", async ({ page }) => {
  const held: Route[] = [];
  await page.route(/assets\/Palette-.*\.js$/, (route) => void held.push(route));
  await signIn(page, "/console/");
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("demo-chx");
  await page.keyboard.press("Backspace");
  await expect.poll(() => held.length).toBeGreaterThan(0);
  for (const route of held) await route.continue();
  const field = page.getByPlaceholder(/^Pages, configurations/);
  await expect(field).toBeFocused();
  await page.keyboard.type("at");
  await expect(field).toHaveValue("demo-chat");
  await page.getByRole("group", { name: "Models" }).getByRole("option", { name: /^demo-chat/ }).first().click();
  await expect(page).toHaveURL(/\/models\?q=demo-chat&provider=demo/);
  await expect(page.getByRole("heading", { name: "Models", level: 1 })).toBeVisible();
});

test("another workspace shows the list, and what is not saved is asked for first", async ({ page }) => {
  const seen = watch(page);
  const stamp = Date.now();
  const { id } = await ask("POST", "/api/configurations", { name: `Detail ${stamp}`, provider: "demo", model: "demo-chat" });
  await ask("POST", "/api/workspaces", { name: `Elsewhere ${stamp}` });
  await signIn(page, `/console/configurations/${id}`);
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await name.fill("Half typed");
  await switchTo(page, `Elsewhere ${stamp}`);
  await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Stay" }).click();
  await expect(name).toHaveValue("Half typed");
  await expect(page.getByRole("button", { name: "Workspace: Personal" })).toBeVisible();
  await switchTo(page, `Elsewhere ${stamp}`);
  await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Leave" }).click();
  await expect(page).toHaveURL(/\/configurations$/);
  await expect(page.getByRole("button", { name: `Workspace: Elsewhere ${stamp}` })).toBeVisible();
  await expect(page.getByText(`Detail ${stamp}`, { exact: true })).toHaveCount(0);
  // What was not found there would be told in the console.
  expect(seen.complaints).toEqual([]);
  await switchTo(page, "Personal");
  await expect(page.getByText(`Detail ${stamp}`, { exact: true })).toBeVisible();
});
