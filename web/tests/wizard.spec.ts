import { expect, type Page, test } from "@playwright/test";
import { type FakeProviders, GOOD_KEY, startProviders } from "./fakeProviders";
import { beginSession, everyLook, look, watch } from "./support";

let fake: FakeProviders;
test.beforeAll(async () => {
  fake = await startProviders();
});
test.afterAll(async () => {
  await fake.close();
});

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:9";

const KEYED = [
  { name: "OpenAI", path: "/v1" },
  { name: "Anthropic", path: "" },
  { name: "Google Gemini", path: "" },
  { name: "OpenAI-compatible server", path: "/v1" },
];

/** Chooses a provider, and says where it is and by which key. */
async function enter(page: Page, provider: string, key: string, baseUrl: string): Promise<void> {
  await page.goto("/console/configurations/new");
  await page.getByRole("button", { name: new RegExp(`^${provider}(?!-)`) }).click();
  const field = page.getByLabel(/^(.* key|API key, if the server wants one)$/);
  await field.fill(key);
  const more = page.getByRole("button", { name: "More settings of the connection" });
  if (await more.isVisible()) await more.click();
  await page.getByLabel(/Base URL|Another address/).fill(baseUrl);
  const next = page.getByRole("button", { name: "Test it", exact: true });
  // It moves while the settings unfold, so that a click may miss it.
  await expect(async () => {
    if (await next.isVisible()) await next.click();
    await expect(next).toBeHidden({ timeout: 1_000 });
  }).toPass();
}

for (const { name, path } of KEYED) {
  test(`${name}: a good key leads through all six steps`, async ({ page }) => {
    const seen = watch(page);
    const sent: string[] = [];
    page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
    await beginSession(page);
    await enter(page, name, `  "${GOOD_KEY}"\n`, fake.url + path);
    const stages = page.getByRole("listitem");
    for (const stage of ["Name found", "Connected", "Models listed", "One token streamed"]) {
      await expect(stages.filter({ hasText: stage })).toHaveAttribute("data-state", "good");
    }
    await page.getByRole("button", { name: "Choose a model" }).click();
    await page.getByRole("option", { name: /^story-small/ }).click();
    await expect(page.getByRole("region", { name: "What will be sent" }).first()).toContainText("story-small");
    await page.getByRole("button", { name: "Set parameters" }).click();
    await page.getByRole("textbox", { name: "Temperature" }).fill("0.4");
    await expect(page.getByRole("region", { name: "What will be sent" }).first()).toContainText("0.4");
    await page.getByRole("button", { name: "Name it" }).click();
    await page.getByLabel("Name", { exact: true }).fill(`Story ${name}`);
    await page.getByRole("button", { name: "Save" }).last().click();
    await expect(page.getByRole("heading", { name: `Story ${name}` })).toBeVisible();
    await expect(page.getByText("…x7Qd").first()).toBeVisible();
    // On the wire the key is sealed, wherever it goes.
    expect(sent.filter((each) => each.includes(GOOD_KEY) || each.includes("0123456789abcdef"))).toEqual([]);
    const sealed = sent.filter((each) => each.includes('"apiKey":"tl1.'));
    expect(sealed.map((each) => new URL(each.split(" ")[0] ?? "").pathname.split("/").at(-1))).toEqual(["test", "models", "configurations"]);
    expect(seen.complaints).toEqual([]);
  });

  test(`${name}: a bad key is told as such, and can be replaced`, async ({ page }) => {
    await beginSession(page);
    await enter(page, name, "sk-story-0123456789abcdef-zzzz", fake.url + path);
    const problem = page.getByRole("alert").filter({ hasText: "The key was not accepted" });
    await expect(problem).toContainText("rejected this key (401)");
    await expect(problem).toContainText("so the network is fine");
    await problem.getByRole("button", { name: "Details" }).click();
    await expect(problem).toContainText("Incorrect API key provided.");
    await problem.getByRole("button", { name: "Replace key" }).click();
    await page.getByLabel(/^(.* key|API key, if the server wants one)$/).fill(GOOD_KEY);
    await page.getByRole("button", { name: "Test it" }).click();
    await expect(page.getByRole("button", { name: "Choose a model" })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "One token streamed" })).toHaveAttribute("data-state", "good");
  });

  test(`${name}: a host that is not there is told as such`, async ({ page }) => {
    await beginSession(page);
    await enter(page, name, GOOD_KEY, NOWHERE + path);
    const problem = page.getByRole("alert").filter({ hasText: "No connection" });
    await expect(problem).toContainText("host.docker.internal:9");
    await problem.getByRole("button", { name: "Change address" }).click();
    await expect(page.getByLabel(/^(.* key|API key, if the server wants one)$/)).toHaveValue(GOOD_KEY);
  });
}

test("a save before which the key cannot be sealed says so, and is done again", async ({ page }) => {
  await beginSession(page);
  await enter(page, "OpenAI-compatible server", GOOD_KEY, `${fake.url}/v1`);
  await page.getByRole("button", { name: "Choose a model" }).click();
  await page.getByRole("option", { name: /^story-small/ }).click();
  await page.getByRole("button", { name: "Set parameters" }).click();
  await page.getByRole("button", { name: "Name it" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Story again");
  const busy = { status: 503, json: { statusCode: 503, message: "The server is busy.", error: "Service Unavailable" } };
  await page.route("**/preview", (route) => route.fulfill(busy));
  await page.getByRole("button", { name: "Save" }).last().click();
  await expect(page.getByRole("alert").filter({ hasText: "The server is busy." })).toBeVisible();
  await page.unroute("**/preview");
  await page.getByRole("button", { name: "Save" }).last().click();
  await expect(page.getByRole("heading", { name: "Story again" })).toBeVisible();
});

test("Ollama: a download goes on over a reload, and its model is chosen", async ({ page }) => {
  await beginSession(page);
  await page.goto("/console/configurations/new");
  await page.getByRole("button", { name: /^Ollama/ }).click();
  await page.getByLabel("Base URL").fill(NOWHERE);
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByRole("alert").filter({ hasText: "No connection" }).getByRole("button", { name: "Change address" }).click();
  await page.getByLabel("Base URL").fill(fake.url);
  await page.getByRole("button", { name: "Test it" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "One token streamed" })).toHaveAttribute("data-state", "good");
  await page.getByRole("button", { name: "Choose a model" }).click();
  await expect(page.getByRole("option", { name: /^llama-story/ })).toBeVisible();
  fake.pull.hold = true;
  await page.getByLabel("Download a model").fill("big-story");
  await page.getByRole("button", { name: "Download" }).click();
  await expect(page.getByText(/of 4 GB/)).toBeVisible();
  await expect(page).toHaveTitle(/% · big-story/);
  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(page.getByText("Downloading big-story")).toBeVisible();
  fake.pull.hold = false;
  await expect(page.getByText("big-story is there.")).toBeVisible();
  await expect(page.getByRole("option", { name: /^big-story/ })).toHaveAttribute("aria-selected", "true");
});

test("a pasted key proposes its provider; one of another provider is told", async ({ page }) => {
  await beginSession(page);
  await page.goto("/console/configurations/new");
  await page.getByLabel("Have a key? Paste it, and its provider is found").fill("ANTHROPIC_API_KEY=sk-ant-api03-0123456789");
  await page.getByRole("button", { name: "Use Anthropic" }).click();
  await expect(page.getByLabel("Anthropic key")).toHaveValue("sk-ant-api03-0123456789");
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: "Groq" }).click();
  await page.getByLabel("Groq key").fill("sk-ant-api03-0123456789");
  await expect(page.getByText("This looks like a key of Anthropic.")).toBeVisible();
  // Tested all the same, it is refused before anything is sent, and leads back to what was typed.
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByRole("alert").getByRole("button", { name: "Change what was entered" }).click();
  await expect(page.getByLabel("Groq key")).toHaveValue("sk-ant-api03-0123456789");
});

test("leaving what was typed asks first", async ({ page }) => {
  await beginSession(page);
  await page.goto("/console/configurations/new");
  await page.getByRole("button", { name: /^OpenAI$/ }).click();
  await page.getByLabel("OpenAI key").fill("sk-something");
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Stay" }).click();
  await expect(page.getByLabel("OpenAI key")).toHaveValue("sk-something");
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
});

test("an address without a scheme is mended by a click, and nothing goes on without one", async ({ page }) => {
  const seen = watch(page);
  await beginSession(page);
  await page.goto("/console/configurations/new");
  await page.getByRole("button", { name: /^OpenAI-compatible server/ }).click();
  await page.getByRole("button", { name: "Test it" }).click();
  await expect(page.getByText("Say where the server is.")).toBeVisible();
  await page.getByLabel("Base URL").fill(fake.url.replace("http://", ""));
  await page.getByRole("button", { name: "Test it" }).click();
  await expect(page.getByText("Write the address with http:// or https:// in front.")).toBeVisible();
  await page.getByRole("button", { name: "Write http:// in front" }).click();
  await expect(page.getByLabel("Base URL")).toHaveValue(fake.url);
  // What has no address yet is not asked about.
  expect(seen.complaints).toEqual([]);
});

everyLook("wizard", async (page, info) => {
  await beginSession(page);
  await page.goto("/console/configurations/new");
  await expect(page.getByRole("button", { name: "Anthropic" })).toBeVisible();
  await look(page, info, "wizard-provider");
  await enter(page, "Anthropic", "sk-story-0123456789abcdef-zzzz", fake.url);
  await expect(page.getByRole("alert").filter({ hasText: "The key was not accepted" })).toBeVisible();
  await look(page, info, "wizard-failed");
  await enter(page, "Anthropic", GOOD_KEY, fake.url);
  await expect(page.getByRole("listitem").filter({ hasText: "One token streamed" })).toHaveAttribute("data-state", "good");
  await look(page, info, "wizard-test");
  await page.getByRole("button", { name: "Choose a model" }).click();
  await page.getByRole("option", { name: /^story-large/ }).click();
  await look(page, info, "wizard-model");
  await page.getByRole("button", { name: "Set parameters" }).click();
  await expect(page.getByRole("textbox", { name: "Temperature" })).toBeVisible();
  await look(page, info, "wizard-parameters");
});
