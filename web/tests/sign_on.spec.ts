import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { ask } from "./server";
import { everyLook, look, signIn, watch } from "./support";

const SERVER = process.env["CONSOLE_URL"] ?? "http://127.0.0.1:8700";
const SECRET = "a secret: with/signs & spaces+";

/** oidc-provider, a certified provider, with one account. */
let provider: ChildProcess;
let issuer = "";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

test.beforeAll(async () => {
  const port = await freePort();
  const accountsFile = join(mkdtempSync(join(tmpdir(), "accounts-")), "accounts.json");
  writeFileSync(accountsFile, JSON.stringify({ ann: { email: "ann@corp.example", email_verified: true, name: "Ann", groups: ["staff"] } }));
  const options = { port, clientId: "trunkline", clientSecret: SECRET, redirectUri: `${SERVER}/api/auth/sso/corp/callback`, accountsFile, claimsInToken: false };
  provider = spawn(process.execPath, ["oidc_provider.mjs", JSON.stringify(options)], { cwd: "../tests/upstreams", stdio: "ignore" });
  issuer = `http://127.0.0.1:${port}`;
  await expect.poll(() => fetch(`${issuer}/.well-known/openid-configuration`).then(({ ok }) => ok, () => false)).toBe(true);
  await ask("POST", "/api/workspaces", { name: "Acme" });
});

test.afterAll(() => {
  provider.kill();
});

test("a provider is added, somebody signs in by it with the role of their group, and it is changed and deleted", async ({ page, browser }) => {
  const seen = watch(page);
  await signIn(page, "/console/settings?tab=sign-on");
  await expect(page.getByRole("heading", { name: "No identity provider yet" })).toBeVisible();
  await page.getByRole("button", { name: "New identity provider" }).click();
  const form = page.getByRole("dialog", { name: "New identity provider" });
  await expect(form.getByText(/TRUNKLINE_PUBLIC_URL is not set/)).toBeVisible();
  await form.getByRole("button", { name: "Add the provider" }).click();
  await expect(form.getByText("Enter the issuer, beginning with https://.")).toBeVisible();
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("Corp");
  await expect(form.getByRole("textbox", { name: "Slug" })).toHaveValue("corp");
  await form.getByRole("textbox", { name: "Issuer" }).fill(`${issuer}/elsewhere`);
  await form.getByRole("textbox", { name: "Client id" }).fill("trunkline");
  await form.getByLabel("Client secret", { exact: true }).fill(SECRET);
  await form.getByRole("combobox", { name: "Scopes" }).fill("groups");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await form.getByRole("button", { name: "Another group" }).click();
  await form.getByRole("textbox", { name: "Group 1", exact: true }).fill("staff");
  await form.getByRole("button", { name: "Add the provider" }).click();
  await expect(form.getByRole("textbox", { name: "Issuer" })).toHaveAttribute("aria-invalid", "true");
  await form.getByRole("textbox", { name: "Issuer" }).fill(issuer);
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/identity-providers"));
  await form.getByRole("button", { name: "Add the provider" }).click();
  expect((await sent).postData()).toMatch(/"clientSecret":"tl1\./);
  await expect(page.getByText("Saved. The sign-in page shows “Continue with Corp”.")).toBeVisible();
  const row = page.getByRole("row", { name: /Corp/ });
  await expect(row).toContainText(`${SERVER}/api/auth/sso/corp/callback`);
  await expect(row).toContainText("1 group");

  const ann = await (await browser.newContext()).newPage();
  await ann.goto("/console/");
  await ann.getByRole("link", { name: "Continue with Corp" }).click();
  await ann.locator("[name=login]").fill("ann");
  await ann.locator("[name=password]").fill("any");
  await ann.locator("[type=submit]").click();
  await ann.locator("[type=submit]").click();
  await expect(ann.getByRole("banner")).toBeVisible();
  await ann.getByRole("button", { name: "Workspace: Personal" }).click();
  await expect(ann.getByRole("menuitem", { name: "Acme" })).toBeVisible();
  await ann.context().close();

  const open = async (action: string) => {
    await row.getByRole("button", { name: "Actions for the identity provider Corp" }).click();
    await page.getByRole("menuitem", { name: action }).click();
  };
  await open("SCIM token");
  const scim = page.getByRole("dialog", { name: "SCIM for Corp" });
  await scim.getByRole("button", { name: "Make a token" }).click();
  await expect(scim.getByRole("region", { name: "Token" })).toBeVisible();
  const token = (await scim.getByRole("region", { name: "Token" }).innerText()).trim();
  const users = await fetch(`${SERVER}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } });
  expect(users.status).toBe(200);
  await scim.getByRole("button", { name: "I have stored it" }).click();

  await open("Edit");
  const editing = page.getByRole("dialog", { name: "Edit “Corp”" });
  await expect(editing.getByRole("textbox", { name: "Slug" })).toBeDisabled();
  await editing.getByLabel("People can sign in by it").uncheck();
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("Off");
  // On a phone the row is a card with the same facts.
  await page.setViewportSize({ width: 375, height: 800 });
  for (const fact of ["1 group", "others are refused", `${SERVER}/api/auth/sso/corp/callback`]) await expect(row.getByText(fact)).toBeVisible();
  await page.setViewportSize({ width: 1280, height: 720 });

  await open("Delete");
  const asked = page.getByRole("dialog", { name: "Delete the identity provider “Corp”?" });
  await expect(asked).toContainText("Memberships that its groups gave end");
  await asked.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "No identity provider yet" })).toBeVisible();
  // The browser itself tells of the one answer that refused the wrong issuer.
  expect(seen.complaints.filter((each) => !each.includes("400"))).toEqual([]);
});

everyLook("single sign-on", async (page, info) => {
  const workspaceId = (await ask<{ id: string; personal: boolean }[]>("GET", "/api/workspaces")).find(({ personal }) => !personal)?.id;
  const groupRoles = [{ group: "engineering", workspaceId, role: "member" }, { group: "platform", workspaceId, role: "admin" }];
  const body = { slug: "corp", name: "Corp", issuer, clientId: "trunkline", clientSecret: SECRET, groupRoles, defaultRole: { workspaceId, role: "viewer" } };
  await signIn(page, "/console/settings?tab=sign-on");
  await expect(page.getByRole("heading", { name: "No identity provider yet" })).toBeVisible();
  await look(page, info, "sign-on-empty");
  await ask("POST", "/api/identity-providers", body);
  await page.reload();
  await expect(page.getByRole("row", { name: /Corp/ })).toBeVisible();
  await look(page, info, "sign-on");
  const open = async (action: string) => {
    await page.getByRole("button", { name: "Actions for the identity provider Corp" }).click();
    await page.getByRole("menuitem", { name: action }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  };
  await open("Edit");
  await expect(page.getByRole("combobox", { name: "Workspace of group 2" })).toHaveValue("Acme");
  await look(page, info, "sign-on-form");
  await page.getByRole("button", { name: "Cancel" }).click();
  await open("SCIM token");
  await look(page, info, "sign-on-scim");
});
