import { expect, type Page, test } from "@playwright/test";
import { Keyboard } from "./keys";
import { type Model, startModel } from "./model";
import { EMAIL, PASSWORD, watch } from "./support";

let model: Model;
test.beforeAll(async () => {
  model = await startModel();
});
test.afterAll(() => model.close());

async function signInByKeys(page: Page): Promise<Keyboard> {
  const keyboard = new Keyboard(page);
  await page.goto("/console/");
  await expect(page.getByLabel("Email")).toBeVisible();
  await keyboard.write(page.getByLabel("Email"), EMAIL);
  await keyboard.write(page.getByRole("textbox", { name: "Password" }), PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("banner")).toBeVisible();
  return keyboard;
}

/** Opens a page by the palette. */
async function open(page: Page, title: string): Promise<void> {
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByPlaceholder(/^Pages, configurations/)).toBeFocused();
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
}

const AWAY = { timeout: 30_000 };

test("from the sign-in to a working configuration, a talk with it, and out again, without a mouse", async ({ page }) => {
  const seen = watch(page);
  const keyboard = await signInByKeys(page);
  // After a failure a story is told again, where the name is taken.
  const name = `Keys ${Date.now()}`;
  const main = page.getByRole("main");

  await keyboard.press(page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Configurations" }));
  await expect(main).toBeFocused();
  await keyboard.press(main.getByRole("link", { name: "New configuration" }));
  await expect(main).toBeFocused();
  await keyboard.press(page.getByRole("button", { name: /^OpenAI-compatible server/ }));
  await keyboard.write(page.getByLabel("Base URL"), model.url);
  await keyboard.write(page.getByLabel(/^API key/), "sk-upstream-abcdefghijklmnop-7Qd");
  await keyboard.press(page.getByRole("button", { name: "Test it" }));
  await expect(page.getByRole("listitem").filter({ hasText: "One token streamed" })).toHaveAttribute("data-state", "good", AWAY);
  await keyboard.press(page.getByRole("button", { name: "Choose a model" }));
  await keyboard.reach(page.getByRole("listbox", { name: "Models" }));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { selected: true })).toContainText("gpt-4o-mini");
  await keyboard.press(page.getByRole("button", { name: "Set parameters" }));
  await keyboard.write(page.getByRole("textbox", { name: "Temperature" }), "0.4");
  await keyboard.press(page.getByRole("button", { name: "Name it" }));
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name })).toBeVisible();

  // A talk, stopped in the middle.
  await open(page, "chat");
  const field = page.getByRole("textbox", { name: "Message", exact: true });
  await expect(field).toBeFocused();
  await keyboard.reach(page.getByRole("combobox", { name: "Model" }));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { name: new RegExp(`^${name}`) })).toBeVisible();
  await page.keyboard.type(name);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Model" })).toHaveValue(name);
  await keyboard.reach(field, "Shift+Tab");
  await page.keyboard.type("Something slow");
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await expect(answer).toContainText("word3");
  await keyboard.press(page.getByRole("button", { name: "Stop" }));
  await expect(answer.getByText(/^stopped after/)).toBeVisible();
  await expect(field).toBeFocused();

  // The request that it made, and back to its row.
  await open(page, "requests");
  await expect(main).toBeFocused();
  const row = page.getByRole("table", { name: "Requests" }).getByRole("link").first();
  await keyboard.press(row);
  const drawer = page.getByRole("dialog", { name: "Request" });
  await expect(drawer.getByText("No policy was broken.")).toBeVisible();
  await keyboard.press(drawer.getByRole("button", { name: "Close" }));
  await expect(drawer).toBeHidden();
  await expect(row).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(row).toBeFocused();

  // A feature, saved.
  await open(page, "features");
  const opener = page.getByRole("button", { name: "Settings: Summarizer" });
  await keyboard.press(opener);
  await keyboard.write(page.getByRole("textbox", { name: "System prompt" }), `Answer as ${name} would.`);
  await keyboard.press(page.getByRole("button", { name: "Save", exact: true }));
  await expect(page.getByText("1 change", { exact: true })).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(opener).toBeFocused();

  // The palette gives the focus back; a menu and its dialog, too.
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
  await page.keyboard.press("Shift+?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();

  await keyboard.press(page.getByRole("button", { name: /^Account: / }));
  await expect(page.getByRole("menu").locator(":focus")).toBeAttached();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Account" })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Email")).toBeFocused();
  expect(seen.complaints).toEqual([]);
});

test("what is typed letter by letter arrives as it was typed", async ({ page }) => {
  const keyboard = await signInByKeys(page);
  await open(page, "models");
  const search = page.getByRole("textbox", { name: "Name or provider" });
  await keyboard.write(search, "demo-chat and more");
  await expect(search).toHaveValue("demo-chat and more");
  await expect(page).toHaveURL(/q=demo-chat/);
  const price = page.getByRole("textbox", { name: "Most $ in, per million" });
  await keyboard.write(price, "0.25");
  await expect(price).toHaveValue("0.25");
  await expect(page).toHaveURL(/maxPrice=0.25/);
  await open(page, "configurations");
  const name = page.getByLabel("Name, model or key ending");
  await keyboard.write(name, "demo, and then some");
  await expect(name).toHaveValue("demo, and then some");
});
