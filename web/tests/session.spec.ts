import { expect, test } from "@playwright/test";
import { EMAIL, everyLook, look, signIn, signInByHand, watch } from "./support";

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
  await signInByHand(page, "/console/configurations");
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
  await signInByHand(page, "/console/configurations");
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
  const kept = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(`${kept} ${addresses.join(" ")}`).not.toMatch(/eyJ|tlr-/);
});

test("signed out in one tab is signed out in all", async ({ page, context }) => {
  await signIn(page, "/console/configurations");
  const second = await context.newPage();
  await second.goto("/console/status");
  await expect(second.getByRole("heading", { name: "Status" })).toBeVisible();
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
  await expect(second.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
});

test("filters and order stand in the address", async ({ page }) => {
  await signIn(page, "/console/configurations");
  await page.getByLabel("Name, model or key ending").fill("no such thing");
  await expect(page.getByText("No configuration is like that. Take a filter away.")).toBeVisible();
  await expect(page).toHaveURL(/q=no/);
  await page.getByLabel("Name, model or key ending").fill("");
  await page.getByRole("button", { name: "Cost" }).click();
  await expect(page).toHaveURL(/sort=cost/);
  await expect(page.getByRole("columnheader", { name: "Cost" })).toHaveAttribute("aria-sort", "ascending");
});

test("the keyboard reaches the page and its controls", async ({ page }) => {
  await signIn(page, "/console/configurations");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
});

test("the palette opens pages by the keyboard alone; ? lists the keys", async ({ page }) => {
  const seen = watch(page);
  await signIn(page, "/console/configurations");
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByPlaceholder(/^Pages, configurations/).fill("status");
  await expect(page.getByRole("option").first()).toHaveText("Status");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Status", level: 1 })).toBeVisible();
  await page.keyboard.press("Shift+?");
  await expect(page.getByRole("dialog", { name: "Keys" }).getByText("Find anything, do anything")).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test("on a phone the pages are in a drawer", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 800 });
  await signIn(page, "/console/configurations");
  await page.getByRole("button", { name: "Navigation" }).click();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Status" }).click();
  await expect(page.getByRole("heading", { name: "Status", level: 1 })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeHidden();
});

test("without a network one is told, and it goes on by itself", async ({ page, context }) => {
  await signIn(page, "/console/configurations");
  await context.setOffline(true);
  await expect(page.getByRole("alert").filter({ hasText: "This computer is offline" })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("alert").filter({ hasText: "This computer is offline" })).toBeHidden();
});

test("an address that leads nowhere says so", async ({ page }) => {
  await signIn(page, "/console/nowhere");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
});

const PAGES = [
  ["configurations", "Configurations"],
  ["status", "Status"],
] as const;

everyLook("pages", async (page, info) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
  await look(page, info, "sign-in");
  await signInByHand(page, "/console/configurations");
  for (const [path, title] of PAGES) {
    await page.goto(`/console/${path}`);
    await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    await expect(page.getByText("demo-chat")).toBeVisible();
    await look(page, info, path);
  }
});

test("the palette finds configurations by name, and opens them", async ({ page }) => {
  await signIn(page);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/^Pages, configurations/).fill("demo-ch");
  await page.getByRole("group", { name: "Configurations" }).getByRole("option", { name: /demo/ }).first().click();
  await expect(page).toHaveURL(/\/console\/configurations\/[0-9a-f-]{36}/);
});
