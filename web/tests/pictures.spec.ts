import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { addConfiguration, type Model, startModel } from "./model";
import { call, makeKey } from "./server";
import { signIn } from "./support";

/** Where the guide's pictures go; without it they are kept with those of the other stories. */
const FOLDER = process.env["CONSOLE_GUIDE"] ?? "";

let model: Model;
let key = "";

test.beforeAll(async ({ browser }) => {
  model = await startModel();
  const page = await browser.newPage();
  await addConfiguration(page, model, "Production chat");
  await addConfiguration(page, model, "Second opinion", "gpt-4o");
  await page.close();
  key = await makeKey("shop");
  for (let at = 0; at < 12; at += 1) await call(key, at % 3 === 0 ? "Second opinion" : "Production chat");
  for (let at = 0; at < 4; at += 1) await call(key, "demo");
});

test.afterAll(() => model.close());

test("the pictures of the guide", async ({ browser }, info) => {
  test.setTimeout(240_000);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const keep = async (name: string, of: Page = page) => {
    await of.mouse.move(0, 0);
    await of.screenshot({ path: FOLDER === "" ? info.outputPath(`${name}.png`) : join(FOLDER, `${name}.png`), animations: "disabled", caret: "hide" });
  };
  await signIn(page, "/console/chat?model=Production%20chat");
  await page.getByRole("textbox", { name: "Message", exact: true }).fill("We launch on Thursday with two people. What must be done, and what can wait? Say it in a table.");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible();
  await keep("chat");
  await page.goto("/console/configurations");
  await expect(page.getByRole("cell", { name: /Second opinion/ }).first()).toBeVisible();
  await keep("configurations");
  await page.goto("/console/configurations/new");
  await expect(page.getByRole("heading", { name: "New configuration" })).toBeVisible();
  await expect(page.getByText("OpenRouter")).toBeVisible();
  await keep("wizard");
  await page.goto("/console/usage");
  await expect(page.getByRole("row", { name: /Production chat/ }).first()).toBeVisible();
  await keep("usage");
  await page.goto("/console/requests");
  await expect(page.getByRole("table", { name: "Requests" }).getByRole("row").nth(9)).toBeVisible();
  await keep("requests");
  await page.goto("/console/features");
  await page.getByRole("button", { name: "Settings: Summarizer" }).click();
  await expect(page.getByRole("dialog", { name: "Summarizer" })).toBeVisible();
  await keep("feature");
  await context.close();
});
