import { type Browser, expect, type Page, test } from "@playwright/test";
import { makeTeam, type Role, ROLES } from "./people";
import { ask, call } from "./server";
import { everyLook, look, signIn, watch } from "./support";

let team: Awaited<ReturnType<typeof makeTeam>>;
let configuration = "";
let route = "";

test.beforeAll(async () => {
  team = await makeTeam("Acme");
  const make = async (path: string, body: object) => (await ask("POST", path, body, team.id))["id"] ?? "";
  configuration = await make("/api/configurations", { name: "Shared model", provider: "demo", model: "demo-chat", shared: true });
  await make(`/model-configs/${configuration}/versions`, { version: "v2", trafficPercent: 50, settings: { temperature: 0.5 } });
  route = await make("/api/routes", { name: "Front door", targets: [{ configurationId: configuration }] });
  await make("/api/budgets", { name: "Everything", amount: "50", period: "month" });
  await ask("POST", "/policy", { name: "Local models", riskType: "LOW", actionType: 0, rule: { kind: "allowedProviders", providers: ["demo"], mode: "allow" }, workspaceId: team.id });
  const { key = "" } = await ask("POST", "/api/keys", { name: "Shop" }, team.id);
  expect(await call(key, "Shared model")).toBe(200);
});

type Control = [kind: "button" | "link" | "tab" | "combobox", name: string, role: Role];

/** Pages with what everybody reads there, what can be done, and the weakest role that may. */
const PAGES: [path: string, shows: string | RegExp, controls: Control[]][] = [
  ["/configurations", "Shared model", [["link", "New configuration", "member"], ["button", "Actions for “Shared model”", "member"]]],
  ["/configurations/{configuration}", "demo-chat", [["button", "Test", "member"], ["button", "Nothing was changed", "admin"], ["button", "Delete", "admin"]]],
  ["/routes", "Front door", [["link", "New route", "admin"]]],
  ["/routes/{route}", "Targets", [["button", "Save", "admin"], ["button", "Delete", "admin"]]],
  ["/features", "Summarizer", [["button", "New feature", "admin"], ["button", "Settings: Summarizer", "admin"]]],
  ["/mcp-servers", "No MCP server yet", [["button", "New MCP server", "admin"]]],
  ["/experiments", "Shared model", [["button", "New experiment", "member"]]],
  ["/experiments/{configuration}", /v2/, [["button", "Ship v2", "admin"], ["button", "Revert to v1", "admin"]]],
  ["/alerts?tab=rules", "A budget is used up", [["button", "New rule", "admin"], ["tab", "Channels", "admin"]]],
  ["/keys", "API keys", [["button", "New key", "member"]]],
  ["/members", "owner@example.com", [["button", "Invite somebody", "admin"], ["combobox", "Role of viewer", "admin"], ["combobox", "Role of owner", "owner"]]],
  ["/members?tab=workspace", "Leave this workspace", [["button", "Rename", "admin"], ["button", "Delete this workspace", "owner"]]],
  ["/policies?tab=budgets", "Everything", [["button", "New budget", "admin"]]],
  ["/policies?tab=limits", "No limit yet", [["button", "New limit", "member"]]],
  ["/policies?tab=policies", "Local models", [["button", "New policy", "admin"], ["tab", "Violations", "admin"]]],
  ["/settings?tab=retention", "Conversations", [["button", "Save", "admin"], ["tab", "Captured content", "admin"]]],
  ["/settings?tab=prices", "No price of its own", [["button", "New price", "admin"]]],
];

/** Pages that take more than looking does. */
const CLOSED: [path: string, title: string, role: Role][] = [
  ["/chat", "Chat", "member"],
  ["/chat/compare", "Chat", "member"],
  ["/playground", "Playground", "member"],
  ["/configurations/new", "Configurations", "member"],
  ["/routes/new", "Routes", "admin"],
  ["/audit", "Audit", "admin"],
];

const isAtLeast = (role: Role, least: Role) => ROLES.indexOf(role) <= ROLES.indexOf(least);

/** A browser of somebody with that role, in the shared workspace. */
async function enter(browser: Browser, role: Role, options: object = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await signIn(page, "/", team.emails[role]);
  await page.getByRole("button", { name: "Workspace: Personal" }).click();
  await page.getByRole("menuitem", { name: "Acme" }).click();
  await expect(page.getByRole("button", { name: "Workspace: Acme" })).toBeVisible();
  return page;
}

/** Goes there as a link does, without loading the console anew. */
async function go(page: Page, path: string): Promise<void> {
  const address = `/console${path.replace("{configuration}", configuration).replace("{route}", route)}`;
  await page.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, address);
}

for (const role of ROLES) {
  test(`${role}: what is seen, what may be done`, async ({ browser }) => {
    const page = await enter(browser, role);
    const seen = watch(page);
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 403) refused.push(response.url());
    });
    const pages = await page.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts();
    for (const [path, title, least] of CLOSED) {
      if (["/chat", "/playground", "/audit"].includes(path)) expect(pages.includes(title), `${title} in the navigation`).toBe(isAtLeast(role, least));
      await go(page, path);
      const closed = page.getByText(`This takes the role ${least} in the workspace; yours is ${role}.`);
      await (isAtLeast(role, least) ? expect(page.getByRole("heading", { level: 1 })).toBeAttached() : expect(closed).toBeVisible());
      await expect(closed).toHaveCount(isAtLeast(role, least) ? 0 : 1);
    }
    for (const [path, shows, controls] of PAGES) {
      await go(page, path);
      const main = page.getByRole("main");
      await expect(main.getByText(shows).first(), path).toBeVisible();
      await expect(main.getByLabel(/^Loading/)).toHaveCount(0);
      for (const [kind, name, least] of controls) {
        const may = isAtLeast(role, least) && name !== `Role of ${role}`;
        await expect(main.getByRole(kind, { name, exact: true }), `${kind} “${name}” of ${path} for ${role}`).toHaveCount(may ? 1 : 0);
      }
    }
    expect(refused).toEqual([]);
    expect(seen.complaints).toEqual([]);
    await page.context().close();
  });
}

test("what may only be read is locked, and says who may change it", async ({ browser }) => {
  const page = await enter(browser, "member");
  await go(page, "/configurations/{configuration}");
  await expect(page.getByText("Only its owner, or an administrator of the workspace, may change it.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name" })).toBeDisabled();
  await expect(page.getByRole("textbox", { name: "Temperature" })).toBeDisabled();
  await go(page, "/experiments/{configuration}");
  await expect(page.getByRole("textbox", { name: "Share of v2, in percent" })).toBeDisabled();
  await page.context().close();
});

test("members have what is theirs, and see nobody else's keys and private configurations", async ({ browser }) => {
  const page = await enter(browser, "member");
  const other = await enter(browser, "admin");
  await ask("POST", "/api/configurations", { name: "Of the owner alone", provider: "demo", model: "demo-chat" }, team.id);
  await go(page, "/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Of the member");
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByRole("row", { name: /Of the member/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Shop/ })).toHaveCount(0);
  await go(page, "/configurations");
  await expect(page.getByRole("row", { name: /Shared model/ })).toBeVisible();
  await expect(page.getByText("Of the owner alone")).toHaveCount(0);
  // An administrator sees the keys of everybody, and may revoke them.
  await go(other, "/keys");
  await expect(other.getByRole("row", { name: /Shop/ })).toBeVisible();
  await other.getByRole("button", { name: /Of the member/ }).click();
  await other.getByRole("menuitem", { name: "Revoke" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(other.getByRole("row", { name: /Of the member/ })).toHaveCount(0);
  await page.context().close();
  await other.context().close();
});

test("who lost a role is refused by name, and keeps what was typed", async ({ browser }) => {
  const { id, emails } = await makeTeam("Beta");
  const members = await ask<{ userId: string; email: string }[]>("GET", `/api/workspaces/${id}/members`);
  const page = await (await browser.newContext()).newPage();
  await signIn(page, "/", emails.member);
  await page.getByRole("button", { name: "Workspace: Personal" }).click();
  await page.getByRole("menuitem", { name: "Beta" }).click();
  await go(page, "/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Too late");
  await ask("PATCH", `/api/workspaces/${id}/members/${members.find(({ email }) => email === emails.member)?.userId}`, { role: "viewer" });
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This needs the role 'member' in the workspace; yours is 'viewer'." })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Too late");
  await page.context().close();
});

everyLook("a page that a role may not read", async (page, info) => {
  await signIn(page, "/", team.emails.viewer);
  await page.getByRole("button", { name: "Workspace: Personal" }).click();
  await page.getByRole("menuitem", { name: "Acme" }).click();
  await page.goto("/console/audit");
  await expect(page.getByRole("heading", { name: "Your role does not allow this" })).toBeVisible();
  await look(page, info, "forbidden");
  await page.goto(`/console/configurations/${configuration}`);
  await expect(page.getByRole("textbox", { name: "Name" })).toBeDisabled();
  await look(page, info, "read-only");
});
