import { expect, type Page, test } from "@playwright/test";
import { addConfiguration, type Model, startModel } from "./model";
import { everyLook, look, signIn } from "./support";

const KEY = "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef";

let model: Model;

test.beforeAll(async ({ browser }) => {
  model = await startModel();
  const page = await browser.newPage();
  await addConfiguration(page, model, "OpenRouter", "openai/gpt-4o-mini", { provider: "openrouter", apiKey: KEY, shared: true });
  await page.close();
});

test.afterAll(() => model.close());

async function open(page: Page, name: string): Promise<void> {
  await signIn(page, "/console/features");
  await page.getByRole("button", { name: `Settings: ${name}` }).click();
  await expect(page.getByRole("dialog", { name })).toBeVisible();
}

test("settings are tried before they are saved, saved with a reason, and reset", async ({ page }) => {
  await open(page, "Summarizer");
  await expect(page).toHaveURL(/open=summarizer/);
  await page.getByRole("textbox", { name: "System prompt" }).fill("Answer like a pirate.");
  await page.getByRole("textbox", { name: "Temperature" }).fill("0.3");
  await page.getByRole("textbox", { name: "Custom parameters" }).fill('{"seed": 7}');
  await expect(page.getByText("3 changes")).toBeVisible();

  await page.getByRole("textbox", { name: "What to try" }).fill("The harbour was built in 1887.");
  await page.getByRole("textbox", { name: "What to try" }).press("Control+Enter");
  const output = page.getByRole("region", { name: "What it answers" });
  await expect(output).toContainText("Answer of google/gemma-2-27b-it to: The harbour was built in 1887.");
  await expect(output.getByText(/ to first token$/)).toBeVisible();
  expect(model.asked.at(-1)).toMatchObject({ temperature: 0.3, seed: 7, messages: [{ role: "system", content: "Answer like a pirate." }, {}] });

  const left = model.left();
  await page.getByRole("textbox", { name: "What to try" }).fill("Something slow");
  await page.getByRole("button", { name: "Run" }).click();
  await expect(output).toContainText("word3");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(output.getByText(/stopped$/)).toBeVisible();
  await expect.poll(() => model.left()).toBe(left + 1);

  await page.getByRole("textbox", { name: "Why (for the history)" }).fill("Fun");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^Settings of this feature · revision 1, saved by/)).toBeVisible();
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByText("Revision 1", { exact: true })).toBeVisible();
  await expect(page.getByText(/Fun$/)).toBeVisible();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Reset to defaults" }).click();
  await page.getByRole("dialog", { name: /^Reset “Summarizer”/ }).getByRole("button", { name: "Reset to defaults" }).click();
  await expect(page.getByRole("textbox", { name: "System prompt" })).not.toHaveValue("Answer like a pirate.");
  await expect(page.getByText(/revision 2/)).toBeVisible();
});

test("a key leaves the browser sealed alone, and a bad one is refused at its field", async ({ page }) => {
  const bodies: string[] = [];
  page.on("request", (request) => bodies.push(request.postData() ?? ""));
  await open(page, "Chat assistant");
  await page.getByText("Name and who serves it").click();
  await page.getByRole("textbox", { name: "Address" }).fill(model.url);
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("New OpenRouter key").fill(`${KEY.slice(0, 20)}badbadbadbadbadbadbadbadbadbadbadbadbadb`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("dialog").getByText(/rejected|refused|does not accept/i).first()).toBeVisible();
  await page.getByLabel("New OpenRouter key").fill(`  "${KEY}"  `);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/revision 1, saved by/)).toBeVisible();
  await expect(page.getByLabel("OpenRouter key", { exact: true })).toHaveValue(/^sk-or-.*…/);
  expect(bodies.join(" ")).toContain("tl1.");
  expect(bodies.join(" ")).not.toContain(KEY.slice(10));
});

test("what somebody else saved meanwhile and what was typed here both stay", async ({ page, context }) => {
  await open(page, "Code generator");
  await page.getByRole("textbox", { name: "System prompt" }).fill("Mine.");
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByRole("textbox", { name: "Temperature" }).fill("0.9");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await expect(other.getByText(/revision 1, saved by/)).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^Somebody else has saved this feature meanwhile/)).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Temperature" })).toHaveValue("0.9");
  await expect(page.getByRole("textbox", { name: "System prompt" })).toHaveValue("Mine.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/revision 2, saved by/)).toBeVisible();
  await page.getByRole("textbox", { name: "System prompt" }).fill("Not saved.");
  await page.keyboard.press("Escape");
  await expect(page.getByText("You have changes that are not saved.")).toBeVisible();
  await page.getByRole("button", { name: "Discard them" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("a feature of one's own is made and deleted", async ({ page }) => {
  await signIn(page, "/console/features");
  await page.getByRole("button", { name: "New feature" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Mail writer");
  await expect(page.getByRole("textbox", { name: "Name in addresses" })).toHaveValue("mail-writer");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL(/open=mail-writer/);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete the feature" }).click();
  await expect(page.getByRole("article", { name: "Mail writer" })).toBeHidden();
});

everyLook("features", async (page, info) => {
  await signIn(page, "/console/features");
  await expect(page.getByRole("article", { name: "Summarizer" })).toBeVisible();
  await look(page, info, "features");
  await page.getByRole("button", { name: "Settings: Summarizer" }).click();
  await expect(page.getByText(/8,192 tokens · /)).toBeVisible();
  await look(page, info, "feature-settings");
});
