import { expect, type Page, test } from "@playwright/test";
import { addConfiguration, type Model, startModel } from "./model";
import { everyLook, look, signIn } from "./support";

let model: Model;

test.beforeAll(async ({ browser }) => {
  model = await startModel();
  const page = await browser.newPage();
  await addConfiguration(page, model, "Production chat");
  await addConfiguration(page, model, "Larger", "gpt-4o");
  await addConfiguration(page, model, "Blind", "blind");
  await page.close();
});

test.afterAll(() => model.close());

const column = (page: Page, number: number) => page.getByRole("region", { name: `Model ${number}`, exact: true });

async function open(page: Page, ...names: string[]): Promise<void> {
  await signIn(page, `/console/chat/compare?with=${encodeURIComponent(JSON.stringify(names))}`);
  for (const [place, name] of names.entries()) await expect(page.getByRole("combobox", { name: `Model ${place + 1}` })).toHaveValue(name);
}

async function ask(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message", exact: true }).fill(text);
  await page.getByRole("textbox", { name: "Message", exact: true }).press("Enter");
}

test("three models answer the same prompt, and the one that is chosen is rated", async ({ page }) => {
  await open(page, "Production chat", "Larger");
  await page.getByRole("button", { name: "Add a model" }).click();
  await page.getByRole("combobox", { name: "Model 3" }).click();
  await page.getByRole("option", { name: /^Blind/ }).click();
  await ask(page, "Which is best?");
  await expect(column(page, 1)).toContainText("Answer of gpt-4o-mini to: Which is best?");
  await expect(column(page, 2)).toContainText("Answer of gpt-4o to: Which is best?");
  await expect(column(page, 3)).toContainText("Answer of blind to: Which is best?");
  await expect(column(page, 2).getByText(/ to first token$/)).toBeVisible();
  await column(page, 2).getByRole("button", { name: "This one" }).click();
  await expect(column(page, 2).getByRole("button", { name: "Chosen" })).toBeVisible();
  await ask(page, "And then?");
  await expect(column(page, 1)).toContainText("to: And then?");
  await column(page, 2).getByRole("link", { name: "Go on with it" }).click();
  await expect(page.getByRole("button", { name: "Good" }).first()).toHaveAttribute("aria-pressed", "true");
});

test("a reload in the middle goes on with all of them, and stop stops all", async ({ page }) => {
  await open(page, "Production chat", "Larger");
  await ask(page, "Both slow");
  await expect(column(page, 1)).toContainText("word3");
  await page.reload();
  await expect(column(page, 1)).toContainText("word9");
  await expect(column(page, 2)).toContainText("word9");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(column(page, 1).getByText(/^stopped after/)).toBeVisible();
  await expect(column(page, 2).getByText(/^stopped after/)).toBeVisible();
});

everyLook("compare", async (page, info) => {
  await open(page, "Production chat", "Larger");
  await look(page, info, "compare-empty");
  await ask(page, "Plan the launch week");
  await expect(column(page, 1).getByRole("table")).toBeVisible();
  await expect(column(page, 2).getByRole("button", { name: "This one" })).toBeVisible();
  await look(page, info, "compare");
});
