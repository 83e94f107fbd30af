import { expect, type Page, test } from "@playwright/test";
import { addConfiguration, type Model, startModel } from "./model";
import { everyLook, look, signIn } from "./support";

let model: Model;

test.beforeAll(async ({ browser }) => {
  model = await startModel();
  const page = await browser.newPage();
  await addConfiguration(page, model, "Production chat");
  await page.close();
});

test.afterAll(() => model.close());

async function open(page: Page, kind: string, name = "Production chat"): Promise<void> {
  await signIn(page, `/console/playground?kind=${kind}&model=${encodeURIComponent(name)}`);
  await expect(page.getByRole("combobox", { name: "Model" })).toHaveValue(name);
}

for (const kind of ["chat", "responses", "messages", "gemini"]) {
  test(`a request in the format of ${kind} is sent and its answer read`, async ({ page }) => {
    await open(page, kind);
    await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Say something short");
    await page.getByRole("textbox", { name: "Temperature" }).fill("0.5");
    await page.getByRole("textbox", { name: "Prompt", exact: true }).press("Control+Enter");
    const answer = page.getByRole("region", { name: "Answer", exact: true });
    await expect(answer).toContainText("Answer of gpt-4o-mini to: Say something short");
    await expect(answer.getByText("As it came")).toBeVisible();
    await expect(answer).toContainText("x-request-id");
    expect(model.asked.at(-1)).toMatchObject({ temperature: 0.5 });
  });
}

test("a stream is stopped, and a request is edited as JSON", async ({ page }) => {
  await open(page, "chat");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Something slow");
  const left = model.left();
  await page.getByRole("button", { name: "Run" }).click();
  const answer = page.getByRole("region", { name: "Answer", exact: true });
  await expect(answer).toContainText("word3");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(answer.getByText(/stopped$/)).toBeVisible();
  await expect.poll(() => model.left()).toBe(left + 1);
  await page.getByRole("button", { name: "Edit it as JSON" }).click();
  await page.getByRole("textbox", { name: "Body" }).fill('{"model": "Production chat", "messages": [{"role": "user", "content": "By hand"}]}');
  await page.getByRole("button", { name: "Run" }).click();
  await expect(answer).toContainText("to: By hand");
  await page.getByRole("textbox", { name: "Body" }).fill('{"model": "nowhere"}');
  await page.getByRole("button", { name: "Run" }).click();
  await expect(answer.getByRole("alert")).toContainText(/Model.*nowhere.*\(404\)/);
});

test("what was typed stays while another page is open", async ({ page }) => {
  await signIn(page, "/console/playground");
  await page.getByLabel("System prompt").fill("Be brief.");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Half a thought");
  await page.getByRole("link", { name: "Status" }).first().click();
  await expect(page.getByRole("heading", { name: "Status", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "Playground" }).click();
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue("Half a thought");
  await page.getByRole("button", { name: "Edit it as JSON" }).click();
  const raw = page.getByRole("textbox", { name: "Body" });
  await raw.fill('{"model": "demo-chat"');
  await page.getByRole("link", { name: "Status" }).first().click();
  await page.getByRole("link", { name: "Playground" }).click();
  await expect(raw).toHaveValue('{"model": "demo-chat"');
});

test("of a prompt of a megabyte the beginning is shown, and all of it is there", async ({ page }) => {
  await signIn(page, "/console/playground");
  const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
  await prompt.fill("x ".repeat(500_000));
  const request = page.getByRole("region", { name: "Request" });
  await expect(request).toContainText("more characters, which are copied, too");
  expect((await request.innerText()).length).toBeLessThan(60_000);
  await prompt.press("End");
  await prompt.press("y");
  expect(await prompt.inputValue()).toHaveLength(1_000_001);
});

test("texts are compared by their vectors", async ({ page }) => {
  await open(page, "embeddings", "demo/demo-embeddings");
  await page.getByRole("textbox", { name: "Texts, one a line" }).fill("a red house\na red house\nsomething else");
  await page.getByRole("button", { name: "Run" }).click();
  const table = page.getByRole("group", { name: "How alike the texts are (cosine)" });
  await expect(table.getByRole("row").nth(1)).toContainText("1.000");
  await expect(table.getByRole("row")).toHaveCount(4);
});

test("what stands there can be kept, and a request that was made is found again", async ({ page }) => {
  await open(page, "chat");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Hello");
  await page.getByRole("button", { name: "Run" }).click();
  const answer = page.getByRole("region", { name: "Answer", exact: true });
  await expect(answer).toContainText("to: Hello");
  const id = /x-request-id: (\S+)/.exec(await answer.innerText())?.[1] ?? "";
  await page.getByRole("button", { name: "Save as" }).click();
  await page.getByRole("menuitem", { name: "Configuration" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  // Requests are stored about a second after they end.
  await expect(async () => {
    await page.goto(`/console/playground?replay=${id}`);
    await expect(page.getByText("What that request said is not kept here")).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expect(page.getByRole("combobox", { name: "Model" })).toHaveValue("Production chat");
});

everyLook("playground", async (page, info) => {
  await open(page, "chat");
  await look(page, info, "playground-empty");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Plan the launch week");
  await page.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("table").first()).toBeVisible();
  await look(page, info, "playground");
});
