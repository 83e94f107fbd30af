import { expect, test } from "@playwright/test";
import { type FakeProviders, GOOD_KEY, startProviders } from "./fakeProviders";
import { ask, makeConfiguration } from "./installation";
import { everyLook, look, signIn } from "./support";

let fake: FakeProviders;
test.beforeAll(async () => {
  fake = await startProviders();
});
test.afterAll(async () => {
  await fake.close();
});

const keyed = () => ({ provider: "openai", model: "story-small", apiKey: GOOD_KEY, baseUrl: `${fake.url}/v1` });

test("several are tested, shared and deleted at once", async ({ page, request }) => {
  for (const name of ["bulk one", "bulk two"]) await makeConfiguration(request, name);
  await signIn(page, "/console/configurations");
  await page.getByLabel("Name, model or key ending").fill("bulk");
  await page.getByLabel("Select all").check();
  await page.getByRole("toolbar").getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("Done for 2.")).toBeVisible();
  await expect(page.getByRole("row", { name: /bulk one/ })).toContainText("Healthy");
  await page.getByRole("toolbar").getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("row", { name: /bulk two/ })).toContainText("Shared");
  await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No configuration is like that.")).toBeVisible();
});

test("settings show what changes, are saved with a reason, and can be reverted", async ({ page, request }) => {
  const id = await makeConfiguration(request, "diff", { configuration: { temperature: 0.4 } });
  await signIn(page, "/console/configurations");
  await page.getByLabel("Name, model or key ending").fill("diff");
  await page.getByRole("link", { name: "diff" }).click();
  await expect(page).toHaveURL(new RegExp(`/configurations/${id}`));
  await page.getByRole("textbox", { name: "Temperature" }).fill("0.9");
  await page.getByRole("button", { name: "Review 1 change" }).click();
  await expect(page.getByRole("dialog").getByRole("row", { name: "temperature 0.4 0.9" })).toBeVisible();
  await page.getByLabel("Why, for the history").fill("Livelier answers");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByText("Livelier answers")).toBeVisible();
  await page.getByRole("region", { name: "Revision 1" }).getByRole("button", { name: "Go back to this" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Go back to this" }).click();
  await expect(page.getByRole("region", { name: "Revision 3" })).toContainText("current");
  await page.getByRole("tab", { name: "Settings" }).click();
  await expect(page.getByRole("textbox", { name: "Temperature" })).toHaveValue("0.4");
});

test("who saves over a change of somebody else sees both sides, and chooses", async ({ page, request }) => {
  const id = await makeConfiguration(request, "conflict", { configuration: { temperature: 0.4 } });
  await signIn(page, `/console/configurations/${id}`);
  await page.getByRole("textbox", { name: "Temperature" }).fill("0.9");
  await ask(request, "PUT", `/api/configurations/${id}`, { configuration: { topP: 0.5 } });
  await page.getByRole("button", { name: "Review 1 change" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Somebody changed it meanwhile" });
  await expect(dialog.getByRole("region", { name: "Theirs" })).toContainText("topP");
  await expect(dialog.getByRole("region", { name: "Yours" })).toContainText("0.9");
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  await expect(page.getByRole("textbox", { name: "Top P" })).toHaveValue("0.5");
  await expect(page.getByRole("textbox", { name: "Temperature" })).toHaveValue("0.4");
});

test("a new key is tested before it takes the old one's place, and is sealed on the wire", async ({ page, request }) => {
  const id = await makeConfiguration(request, "rotate", keyed());
  const sent: string[] = [];
  page.on("request", (asked) => sent.push(asked.postData() ?? ""));
  await signIn(page, `/console/configurations/${id}`);
  await page.getByRole("button", { name: "Replace key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("New key", { exact: true }).fill("sk-story-0123456789abcdef-zzzz");
  await dialog.getByRole("button", { name: "Test and replace" }).click();
  await expect(dialog.getByRole("alert")).toContainText("rejected this key (401)");
  await expect(dialog.getByRole("button", { name: "Replace anyway" })).toBeVisible();
  await dialog.getByLabel("New key", { exact: true }).fill(`'${GOOD_KEY}'`);
  await dialog.getByRole("button", { name: "Test and replace" }).click();
  await expect(page.getByText("The key is replaced.")).toBeVisible();
  expect(sent.join(" ")).not.toContain("0123456789abcdef");
});

test("deleting says what depends on it, and takes the name", async ({ page, request }) => {
  const id = await makeConfiguration(request, "needed", { shared: true });
  const route = await ask(request, "POST", "/api/routes", { name: "over it", targets: [{ configurationId: id }] });
  await signIn(page, `/console/configurations/${id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("The route over it leads to it.");
  await dialog.getByLabel("Type “needed” to confirm").fill("needed");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(dialog.getByRole("alert")).toContainText("the route 'over it' leads to it");
  await ask(request, "DELETE", `/api/routes/${route["id"]}`);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
});

test("usage is told for a period that stands in the address", async ({ page, request }) => {
  const id = await makeConfiguration(request, "used");
  await signIn(page, `/console/configurations/${id}?tab=usage`);
  await page.getByText("Today").click();
  await expect(page).toHaveURL(/period=day/);
  await expect(page.getByText("Requests", { exact: true }).last()).toBeVisible();
});

test("versions' shares stand in the list, figures open their requests, and a row has its own actions", async ({ page, request }) => {
  const id = await makeConfiguration(request, "shared out");
  await ask(request, "POST", `/model-configs/${id}/versions`, { version: "v2", trafficPercent: 30, settings: { temperature: 0.9 } });
  await ask(request, "POST", "/v1/chat/completions", { model: "shared out", messages: [{ role: "user", content: "Hello" }] });
  await signIn(page, "/console/configurations?q=shared");
  const row = page.getByRole("row", { name: /shared out/ });
  await expect(row.getByRole("link", { name: "70 / 30: v1 70 %, v2 30 %" })).toHaveText("70 / 30");
  await row.getByRole("button", { name: "Actions for “shared out”" }).click();
  await page.getByRole("menuitem", { name: "Switch off" }).click();
  await expect(row).toContainText("Switched off");
  await row.getByRole("button", { name: "Actions for “shared out”" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(async () => {
    await page.reload();
    await row.getByRole("link", { name: "shared out: 1 calls" }).click({ timeout: 2_000 });
  }).toPass();
  await expect(page).toHaveURL(new RegExp(`/requests\\?.*configurationId=${id}`));
});

test("a model that its provider lists no more shows what can take its place, at one press", async ({ page, request }) => {
  const id = await makeConfiguration(request, "behind", { ...keyed(), model: "story-smaller" });
  await signIn(page, `/console/configurations/${id}`);
  await expect(page.getByText("Its provider does not list it.")).toBeVisible();
  await page.getByRole("button", { name: "Change to story-small", exact: true }).click();
  await expect(page.getByRole("combobox", { name: "Model" })).toHaveValue("story-small");
  await expect(page.getByRole("button", { name: "Review 1 change" })).toBeEnabled();
  await page.getByRole("button", { name: "Discard changes" }).click();
  await page.goto("/console/models");
  const notice = page.getByRole("alert");
  await expect(notice).toContainText("story-smaller, in use as “behind”");
  await notice.getByRole("button", { name: "Change to story-small", exact: true }).click();
  await expect(page.getByText("“behind” uses story-small now.")).toBeVisible();
  await expect(page.getByText("Not listed any more")).toBeHidden();
});

everyLook("configurations", async (page, info) => {
  const id = await makeConfiguration(page.request, "looked at", { ...keyed(), configuration: { temperature: 0.4 } });
  await signIn(page, "/console/configurations");
  await expect(page.getByRole("link", { name: "looked at" })).toBeVisible();
  await look(page, info, "list");
  await page.goto(`/console/configurations/${id}`);
  await expect(page.getByRole("textbox", { name: "Temperature" })).toBeVisible();
  await look(page, info, "settings");
  for (const [tab, word] of [["experiment", "Compare versions"], ["usage", "Average duration"], ["history", "Revision 1"]] as const) {
    await page.goto(`/console/configurations/${id}?tab=${tab}`);
    await expect(page.getByText(word).first()).toBeVisible();
    await look(page, info, tab);
  }
});
