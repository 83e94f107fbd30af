import { expect, test, type Page } from "@playwright/test";
import { weigh } from "./memory";
import { addConfiguration, type Model, startModel } from "./model";
import { everyLook, look, signIn, watch } from "./support";

let model: Model;

test.beforeAll(async ({ browser }) => {
  model = await startModel();
  const page = await browser.newPage();
  await addConfiguration(page, model, "Production chat");
  await addConfiguration(page, model, "Blind", "blind");
  await page.close();
});

test.afterAll(() => model.close());

const field = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const answers = (page: Page) => page.getByRole("article", { name: "Answer" });

/** Opens a new conversation with a configuration. */
async function open(page: Page, name = "Production chat"): Promise<void> {
  await signIn(page, `/console/chat?model=${encodeURIComponent(name)}`);
  await expect(page.getByRole("combobox", { name: "Model" })).toHaveValue(name);
}

async function ask(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  // Enter sends nothing while the last answer is still written.
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
  await field(page).press("Enter");
}

test("an answer is written word by word, and its footer tells how quick it was and what it took", async ({ page, baseURL }) => {
  const seen = watch(page);
  await open(page);
  await ask(page, "Plan the launch week");
  await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/);
  const answer = answers(page).last();
  await expect(answer.getByRole("table")).toContainText("Freeze features");
  await expect(answer.getByText(/ to first token$/)).toBeVisible();
  await expect(answer.getByText("4 tokens", { exact: true })).toBeVisible();
  await expect(page.getByText(/^This conversation: 1 answer, 24 tokens, \$/)).toBeVisible();
  await expect(page.getByRole("link", { name: /^Plan the launch week Production chat · now/ })).toBeVisible();
  // Code can be copied, formulas are drawn, and nothing of it runs or asks another server.
  await expect(answer.getByRole("button", { name: "Copy the code" })).toBeVisible();
  await expect(answer.locator("math").first()).toBeVisible();
  await expect(answer.getByRole("link", { name: "Read more" })).toHaveAttribute("rel", "noopener noreferrer");
  await expect(answer.locator("img, script")).toHaveCount(0);
  await expect(answer.locator("[href^='javascript']")).toHaveCount(0);
  expect(await page.evaluate(() => "broken" in window)).toBe(false);
  expect([...seen.origins]).toEqual([new URL(baseURL ?? "").origin]);
  expect(seen.complaints).toEqual([]);
});

test("stop stops at the provider, keeps what had come, and says what it took", async ({ page }) => {
  await open(page);
  const left = model.left();
  await ask(page, "Write something slow");
  await expect(answers(page).last()).toContainText("word3");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(answers(page).last().getByText(/^stopped after \d+ tokens/)).toBeVisible();
  await expect(answers(page).last()).toContainText("word3");
  await expect.poll(() => model.left()).toBe(left + 1);
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
});

test("an answer is written anew, and both can be seen", async ({ page }) => {
  await open(page);
  await ask(page, "First question");
  await expect(answers(page).last()).toContainText("Answer of gpt-4o-mini to: First question");
  await answers(page).last().getByRole("button", { name: "Regenerate" }).click();
  await expect(page.getByText("answer 2 of 2")).toBeVisible();
  await expect(answers(page)).toHaveCount(1);
  await page.getByRole("button", { name: "The one before" }).click();
  await expect(page.getByText("answer 1 of 2")).toBeVisible();
  await page.reload();
  await expect(page.getByText("answer 1 of 2")).toBeVisible();
});

test("a question is put differently, on a branch of its own", async ({ page }) => {
  await open(page);
  await ask(page, "Original words");
  await expect(answers(page).last()).toContainText("to: Original words");
  await ask(page, "And then");
  await expect(answers(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Edit" }).first().click();
  await page.getByRole("textbox", { name: "Edit the message" }).fill("Other words");
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(answers(page)).toHaveCount(1);
  await expect(answers(page).last()).toContainText("to: Other words");
  await expect(page.getByText("2 of 2", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "The one before" }).click();
  await expect(answers(page)).toHaveCount(2);
  await expect(page.getByText("And then", { exact: true })).toBeVisible();
});

test("a reload in the middle goes on, and a second tab sees the same", async ({ page, context }) => {
  await open(page);
  await ask(page, "Once more slow");
  await expect(answers(page).last()).toContainText("word5");
  await page.reload();
  await expect(answers(page).last()).toContainText("word0");
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(answers(second).last()).toContainText("word9");
  await expect(answers(page).last()).toContainText("word20");
  await second.getByRole("button", { name: "Stop" }).click();
  await expect(answers(page).last().getByText(/^stopped after/)).toBeVisible();
  const text = await answers(page).last().innerText();
  expect(text.match(/word7\b/g)).toHaveLength(1);
});

test("what fails is told where it would stand, and can be tried again", async ({ page }) => {
  await open(page);
  await ask(page, "Please refuse this");
  const problem = answers(page).last().getByRole("alert");
  await expect(problem).toContainText("The provider rejected the API key that is stored here.");
  await problem.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("answer 2 of 2")).toBeVisible();
});

test("what the network refuses stays in the field", async ({ page }) => {
  await open(page);
  await ask(page, "First");
  await expect(answers(page).last()).toContainText("to: First");
  // While an answer is written, nothing is sent.
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
  await page.route("**/messages", (route) => route.abort());
  await ask(page, "Not to be lost");
  await expect(page.getByText("It was not sent; what you wrote is still there.")).toBeVisible();
  await expect(field(page)).toHaveValue("Not to be lost");
});

test("thoughts are folded, and the model can be changed in the middle", async ({ page }) => {
  await open(page);
  await ask(page, "Please think");
  await expect(answers(page).last()).toContainText("It is so.");
  await expect(page.getByText("First I weigh it.")).toBeHidden();
  await page.getByText("Reasoning", { exact: true }).click();
  await expect(page.getByText("First I weigh it.")).toBeVisible();
  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: /^Blind/ }).click();
  await ask(page, "Who is it now");
  await expect(answers(page).last()).toContainText("Answer of blind to: Who is it now");
  await expect(page.getByRole("button", { name: "Regenerate" })).toHaveCount(2);
  await page.getByRole("button", { name: "About blind" }).last().click();
  await expect(page.getByRole("dialog")).toContainText("128k tokens");
});

test("pictures, PDFs and long texts go along; what the model cannot read is said before it is sent", async ({ page }) => {
  await open(page);
  const gif = Buffer.from("R0lGODlhAQABAAAAACw=", "base64");
  await page.locator("input[type=file]").setInputFiles([
    { name: "dot.gif", mimeType: "image/gif", buffer: gif },
    { name: "plan.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n") },
    { name: "plan.docx", mimeType: "application/octet-stream", buffer: Buffer.from("PK") },
  ]);
  await expect(page.getByRole("alert")).toContainText("“plan.docx” is no picture, PDF or text");
  await ask(page, "What is this?");
  await expect(answers(page).last()).toContainText("Answer of gpt-4o-mini");
  const sent = model.asked.at(-1)?.messages.at(-1)?.content as { type: string }[];
  expect(sent.map((part) => part.type)).toEqual(["text", "image_url", "file"]);
  await expect(page.getByRole("img", { name: "Picture" })).toBeVisible();
  await expect(page.getByRole("button", { name: "plan.pdf" })).toBeVisible();
  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: /^Blind/ }).click();
  await page.locator("input[type=file]").setInputFiles({ name: "dot.gif", mimeType: "image/gif", buffer: gif });
  await expect(page.getByText("blind cannot read pictures. Take them out, or choose another model.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await page.getByRole("button", { name: "Take dot.gif away" }).click();
  await expect(page.getByText("blind cannot read pictures.")).toBeHidden();
});

test("history is searched, renamed, exported and deleted", async ({ page }) => {
  await open(page);
  await ask(page, "A question about zebras");
  await expect(answers(page).last()).toContainText("zebras");
  const item = page.getByRole("link", { name: /^A question about zebras/ });
  await page.getByRole("button", { name: "Options of A question about zebras" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Stripes");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(item).toBeHidden();
  await page.getByRole("textbox", { name: "Search conversations" }).fill("zebras");
  await expect(page).toHaveURL(/q=zebras/);
  await expect(page.getByRole("link", { name: /^Stripes/ })).toBeVisible();
  await page.getByRole("button", { name: "Options of Stripes" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export as Markdown" }).click();
  expect((await download).suggestedFilename()).toBe("Stripes.md");
  await page.getByRole("button", { name: "Options of Stripes" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the conversation" }).click();
  await expect(page).toHaveURL(/\/chat\?q=zebras$|\/chat$/);
  await expect(page.getByRole("link", { name: /^Stripes/ })).toBeHidden();
});

test("a rating stays", async ({ page }) => {
  await open(page);
  await ask(page, "Rate me");
  await page.getByRole("button", { name: "Good" }).click();
  await expect(page.getByRole("button", { name: "Good" })).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(page.getByRole("button", { name: "Good" })).toHaveAttribute("aria-pressed", "true");
});

/** The longest time in which the page did nothing else, while `work` runs. */
async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { times });
    new PerformanceObserver((list) => times.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
  });
  await work();
  return page.evaluate(() => Math.max(0, ...(window as unknown as { times: number[] }).times));
}

test("two hundred tokens a second leave typing smooth, and are announced at their begin and end alone", async ({ page }) => {
  await open(page);
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push(document.querySelector("output")?.textContent ?? "")).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const longest = await longestTask(page, async () => {
    await ask(page, "Something fast");
    await expect(answers(page).last()).toContainText("word20");
    await field(page).pressSequentially("This is typed while an answer is written, and every letter counts.", { delay: 20 });
    await expect(field(page)).toHaveValue("This is typed while an answer is written, and every letter counts.");
    await expect(answers(page).last()).toContainText("word1199");
    await expect(page.getByText("1,200 tokens")).toBeVisible();
  });
  const said = await page.evaluate(() => [...new Set((window as unknown as { said: string[] }).said)].filter(Boolean));
  expect(said).toEqual(["The answer has begun.", "The answer is complete."]);
  test.info().annotations.push({ type: "longest task", description: `${longest} ms` });
});

test("an answer of two megabytes and a paste of one leave the page alive", async ({ page }) => {
  await open(page);
  const before = await weigh(page);
  const longest = await longestTask(page, async () => {
    await ask(page, "Something huge");
    await expect(page.getByText("400 tokens")).toBeVisible({ timeout: 60_000 });
    await expect(answers(page).last().getByRole("heading", { name: "Part 399" })).toBeVisible();
  });
  test.info().annotations.push({ type: "longest task", description: `${longest} ms` });
  // It is held as the server tells it, and in blocks; not once more for each step in which it was written.
  expect((await weigh(page)).bytes - before.bytes).toBeLessThan(16_000_000);
  // Most of its 400 parts are not drawn before somebody scrolls there. What came by the window while it was written is, which is more
  // where it is drawn in smaller steps.
  expect(await answers(page).last().getByRole("heading").count()).toBeLessThan(200);
  await page.getByRole("group", { name: "Conversation" }).evaluate((box) => {
    box.scrollTop = 0;
  });
  await expect(answers(page).last().getByRole("heading", { name: "Part 0", exact: true })).toBeVisible();
  await field(page).evaluate((box) => {
    const data = new DataTransfer();
    data.setData("text/plain", "x ".repeat(500_000));
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(page.getByText("1M characters")).toBeVisible();
  await ask(page, "What is in it?");
  await expect(answers(page)).toHaveCount(2);
  await expect(page.getByRole("button", { name: /^Show all/ })).toBeVisible();
});

test("conversations that one has left are let go, also what had the focus in them", async ({ page }) => {
  await open(page);
  const held: number[] = [];
  for (let visit = 0; visit < 3; visit += 1) {
    await ask(page, "Plan the launch week");
    await expect(answers(page).last().getByRole("table")).toBeVisible();
    await expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible();
    await field(page).focus();
    await page.getByRole("link", { name: "New conversation" }).click();
    await expect(answers(page)).toHaveCount(0);
    held.push((await weigh(page)).nodes);
  }
  // One more in the list each time, and nothing else.
  expect((held[2] ?? 0) - (held[0] ?? 0)).toBeLessThan(100);
});

everyLook("chat", async (page, info) => {
  await open(page);
  await look(page, info, "chat-empty");
  await ask(page, "We launch on Thursday with two people. What must be done each day, and what can wait?");
  await expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible();
  await expect(page.getByRole("table")).toBeVisible();
  await ask(page, "Turn that into something slow");
  await expect(answers(page).last()).toContainText("word10");
  await look(page, info, "chat");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText(/^stopped after/)).toBeVisible();
});
