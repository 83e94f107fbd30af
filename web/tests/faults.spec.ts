import { expect, type Page, test } from "@playwright/test";
import { addConfiguration, startModel } from "./model";
import { ask } from "./server";
import { asOwner, EMAIL, PASSWORD, signIn } from "./support";

const banner = (page: Page, words: string) => page.getByRole("alert").filter({ hasText: words });

async function openSettings(page: Page, name: string): Promise<void> {
  const asAdmin = await asOwner(page);
  const { id } = (await asAdmin("/api/configurations", { name: `${name} ${Date.now()}`, provider: "demo", model: "demo-chat" })) as { id: string };
  await signIn(page, `/console/configurations/${id}`);
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Review/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
}

test("a token that expires in five tabs at once is renewed once, and nobody is thrown out", async ({ page, context }) => {
  await signIn(page, "/console/status");
  const tabs = [page, ...(await Promise.all([1, 2, 3, 4].map(() => context.newPage())))];
  for (const tab of tabs.slice(1)) {
    await tab.goto("/console/status");
    await expect(tab.getByRole("heading", { name: "Status", level: 1 })).toBeVisible();
  }
  let old = "";
  let renewed = 0;
  await context.route("**/api/**", async (route) => {
    const sent = route.request().headers()["authorization"] ?? "";
    if (route.request().url().endsWith("/api/auth/refresh")) {
      renewed += 1;
      return route.continue();
    }
    if (old === "") old = sent;
    if (sent !== old || sent === "") return route.continue();
    return route.fulfill({ status: 401, json: { statusCode: 401, message: "The token has expired.", error: "Unauthorized" } });
  });
  await Promise.all(tabs.map((tab) => tab.getByRole("link", { name: /^Routes/ }).click()));
  for (const tab of tabs) {
    await expect(tab.getByRole("heading", { name: "Routes", level: 1 })).toBeVisible();
    await expect(tab.getByText("There is no route yet", { exact: false }).or(tab.getByRole("link", { name: "New route" })).first()).toBeVisible();
  }
  expect(old).not.toBe("");
  expect(renewed).toBe(1);
});

test("offline, a change waits and is saved when the network is back", async ({ page, context }) => {
  await openSettings(page, "Offline");
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const typed = `Waiting ${Date.now()}`;
  await name.fill(typed);
  await context.setOffline(true);
  await expect(banner(page, "This computer is offline")).toBeVisible();
  await save(page);
  await expect(name).toHaveValue(typed);
  await context.setOffline(false);
  await expect(banner(page, "This computer is offline")).toBeHidden();
  await expect(page.getByRole("heading", { name: typed })).toBeVisible();
});

test("offline, the first question of a conversation comes back to its field, and can be sent when the network is back", async ({ page, context }) => {
  await signIn(page, "/console/chat?model=demo");
  const field = page.getByRole("textbox", { name: "Message", exact: true });
  await context.setOffline(true);
  await expect(banner(page, "This computer is offline")).toBeVisible();
  await field.fill("Asked without a network");
  await field.press("Enter");
  await expect(banner(page, "Nothing that you typed is lost.")).toBeVisible();
  await expect(field).toHaveValue("Asked without a network");
  await context.setOffline(false);
  await expect(banner(page, "This computer is offline. What")).toBeHidden();
  await field.press("Enter");
  await expect(page.getByRole("article", { name: "Answer" })).toBeVisible();
});

test("a server that goes away in the middle of a form is told, and the form goes on when it is back", async ({ page, context }) => {
  await openSettings(page, "Away");
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const typed = `Later ${Date.now()}`;
  await name.fill(typed);
  await context.route(/\/(api|healthz)/, (route) => route.abort("connectionrefused"));
  await save(page);
  await expect(banner(page, "The server cannot be reached.")).toBeVisible();
  await expect(banner(page, "The server does not answer.")).toBeVisible();
  await expect(name).toHaveValue(typed);
  await context.unrouteAll();
  await expect(banner(page, "The server does not answer.")).toBeHidden();
  await save(page);
  await expect(page.getByRole("heading", { name: typed })).toBeVisible();
});

test("who saves a budget that somebody else changed sees both sides, and keeps what was typed", async ({ page }) => {
  const name = `Team ${Date.now()}`;
  const budget = { name, subject: "workspace", subjectId: null, amount: "10", period: "month", timeZone: "UTC", hard: true, thresholds: [80], defaultPrice: null };
  const { id } = await ask("POST", "/api/budgets", budget);
  await signIn(page, "/console/policies?tab=budgets");
  await page.getByRole("button", { name: `Actions for the budget ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const form = page.getByRole("dialog", { name: new RegExp(name) });
  await form.getByRole("textbox", { name: "Amount" }).fill("25");
  await ask("PUT", `/api/budgets/${id}`, { ...budget, hard: false });
  await form.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("dialog", { name: "Somebody changed it meanwhile" });
  await expect(conflict.getByRole("region", { name: "Theirs" })).toContainText("hard");
  await expect(conflict.getByRole("region", { name: "Yours" })).toContainText("25");
  await page.keyboard.press("Escape");
  await expect(form.getByRole("textbox", { name: "Amount" })).toHaveValue("25");
  await form.getByRole("button", { name: "Save" }).click();
  await conflict.getByRole("button", { name: "Save mine over theirs" }).click();
  await expect(form).toBeHidden();
  expect((await ask("GET", `/api/budgets/${id}`))["amount"]).toMatch(/^25/);
});

test("limits, policies and alert rules that somebody else changed meet both sides, too", async ({ page }) => {
  const name = `Watched ${Date.now()}`;
  const conflict = page.getByRole("dialog", { name: "Somebody changed it meanwhile" });
  /** Types `typed` into a field of the open form, while `change` happens elsewhere, and saves it over that. */
  const saveOver = async (field: string, typed: string, change: () => Promise<unknown>, theirs: string) => {
    const form = page.getByRole("dialog").filter({ has: page.getByRole("button", { name: "Save", exact: true }) });
    await form.getByRole("textbox", { name: field, exact: true }).fill(typed);
    await change();
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await expect(conflict.getByRole("region", { name: "Theirs" })).toContainText(theirs);
    await expect(conflict.getByRole("region", { name: "Yours" })).toContainText(typed.replaceAll(",", ""));
    await conflict.getByRole("button", { name: "Save mine over theirs" }).click();
    await expect(form).toBeHidden();
  };
  const rule = await ask("POST", "/api/alerts/rules", { kind: "error_rate", name, threshold: 5, windowMinutes: 15 });
  await signIn(page, "/console/alerts?tab=rules");
  await page.getByRole("button", { name: `Edit ${name}` }).click();
  await saveOver("Name", `${name} mine`, () => ask("PUT", `/api/alerts/rules/${rule["id"]}`, { threshold: 44 }), "44");
  expect((await ask("GET", `/api/alerts/rules/${rule["id"]}`))["name"]).toBe(`${name} mine`);

  const workspaceId = rule["workspaceId"];
  const made = await ask<{ policy: { id: string } }>("POST", "/policy", { name, content: "None.", riskType: "LOW", actionType: 0, workspaceId, rule: { kind: "allowedModels", models: ["gpt-*"] } });
  await page.goto("/console/policies?tab=policies");
  await page.getByRole("button", { name: `Actions for the policy ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await saveOver("Name", `${name} mine`, () => ask("PUT", `/policy/${made.policy.id}`, { riskType: "HIGH" }), "HIGH");
  expect((await ask<{ policy: { name: string } }>("GET", `/policy/${made.policy.id}`)).policy.name).toBe(`${name} mine`);

  const limit = await ask("POST", "/api/limits", { subject: "workspace", measure: "tokens", window: "day", amount: 60_000_000 });
  await page.goto("/console/policies?tab=limits");
  await page.getByRole("button", { name: /^Actions for the limit 60/ }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await saveOver("How many", "7,000,000", () => ask("PUT", `/api/limits/${limit["id"]}`, { burst: 50_000 }), "50000");
  expect((await ask<{ amount: number }>("GET", `/api/limits/${limit["id"]}`)).amount).toBe(7_000_000);
  await ask("DELETE", `/api/limits/${limit["id"]}`);
});

test("an answer that loses its connection in the middle says so, and goes on", async ({ page, context }) => {
  const model = await startModel();
  await addConfiguration(page, model, "Cut off");
  await signIn(page, "/console/chat?model=Cut%20off");
  const field = page.getByRole("textbox", { name: "Message", exact: true });
  await field.fill("Something slow");
  await field.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await expect(answer).toContainText("word3");
  await field.fill("Typed meanwhile");
  await context.setOffline(true);
  await expect(banner(page, "This computer is offline")).toBeVisible();
  await context.setOffline(false);
  await expect(answer).toContainText("word30");
  expect((await answer.innerText()).match(/word7\b/g)).toHaveLength(1);
  await expect(field).toHaveValue("Typed meanwhile");
  await model.close();
});

// The last one: it ends every session of the owner.
test("a session that ends in the middle of a form asks for the password above it, and nothing typed is lost", async ({ page }) => {
  await openSettings(page, "Kept");
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const typed = `Half typed ${Date.now()}`;
  await name.fill(typed);
  const asAdmin = await asOwner(page);
  await asAdmin("/api/auth/logout", { everywhere: true });
  await save(page);
  await expect(page.getByText("Your session has ended. Sign in again: what you typed is still there.")).toBeVisible();
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Your session has ended.", { exact: false })).toBeHidden();
  await expect(name).toHaveValue(typed);
  await save(page);
  await expect(page.getByRole("heading", { name: typed })).toBeVisible();
});
