import { expect, type Page, test } from "@playwright/test";
import { openMailbox } from "./mailbox";
import { asOwner, signIn, watch } from "./support";

const LINK = { name: "The invitation's link" };

async function makeWorkspace(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "New workspace" }).click();
  await page.getByRole("dialog", { name: "New workspace" }).getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make the workspace" }).click();
  await expect(page.getByRole("button", { name: `Workspace: ${name}` })).toBeVisible();
}

async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const form = page.getByRole("dialog", { name: "Invite somebody" });
  await form.getByRole("textbox", { name: "Email" }).fill(email);
  await form.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: role, exact: true }).click();
  await form.getByRole("button", { name: "Make the invitation" }).click();
  const link = (await page.getByRole("region", LINK).innerText()).trim();
  await page.getByRole("button", { name: "I have sent it" }).click();
  return link;
}

async function join(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill("a long enough password");
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeAttached();
}

async function pagesOf(page: Page): Promise<string[]> {
  return page.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts();
}

test("somebody is invited by a link, joins, gets another role, and is removed", async ({ page, browser }) => {
  const seen = watch(page);
  await signIn(page, "/console/members");
  await expect(page.getByText("This is a personal workspace")).toBeVisible();
  await makeWorkspace(page, "Acme");
  const link = await invite(page, "cleo@example.com", "Viewer");
  await expect(page.getByRole("table", { name: "Open invitations" })).toContainText("cleo@example.com");

  const guest = await browser.newContext();
  const other = await guest.newPage();
  await join(other, link, "Cleo");
  // A viewer sees less than who invited them, and may change nothing.
  const seenByViewer = await pagesOf(other);
  expect(seenByViewer).toContain("API keys");
  expect(seenByViewer).not.toContain("Audit");
  await other.goto("/console/keys");
  await expect(other.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await expect(other.getByRole("button", { name: "New key" })).toHaveCount(0);
  await other.goto("/console/members");
  await expect(other.getByRole("button", { name: "Invite somebody" })).toHaveCount(0);

  await page.reload();
  await page.getByRole("combobox", { name: "Role of Cleo" }).click();
  await page.getByRole("option", { name: "Member" }).click();
  await expect(page.getByText("Cleo is member now.")).toBeVisible();
  await other.goto("/console/keys");
  await expect(other.getByRole("button", { name: "New key" })).toBeVisible();

  await page.getByRole("button", { name: "Actions for Cleo" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByRole("dialog", { name: "Remove Cleo?" }).getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("row", { name: /Cleo/ })).toHaveCount(0);
  await other.reload();
  await expect(other.getByRole("button", { name: "Workspace: Acme" })).toHaveCount(0);
  expect(seen.complaints).toEqual([]);
  await guest.close();
});

test("an invitation is sent by email, and says so when it cannot be", async ({ page }) => {
  await signIn(page, "/console/members");
  await makeWorkspace(page, "Mailed");
  const inviteByMail = async (email: string) => {
    await page.getByRole("button", { name: "Invite somebody" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Email" }).fill(email);
    await page.getByRole("button", { name: "Make the invitation" }).click();
  };
  await inviteByMail("early@example.com");
  await expect(page.getByRole("alert")).toContainText("The email could not be sent");
  await expect(page.getByRole("region", LINK)).toContainText("/console/invitation#");
  await page.getByRole("button", { name: "I have sent it" }).click();

  const mailbox = await openMailbox();
  await inviteByMail("ivy@example.com");
  await expect(page.getByText("The link was sent to ivy@example.com.", { exact: false })).toBeVisible();
  const link = (await page.getByRole("region", LINK).innerText()).trim();
  expect(mailbox.came).toHaveLength(1);
  expect(mailbox.came[0]).toContain("RCPT TO:<ivy@example.com>");
  // Long lines of an email are folded, with a = at their end.
  expect(mailbox.came[0]?.replaceAll("=\r\n", "").replaceAll("=3D", "=")).toContain(link.split("#")[1]);
  mailbox.close();
});

test("two people in two workspaces never see each other's things", async ({ page, browser }) => {
  const ask = await asOwner(page);
  await ask("/api/users", { email: "dora@example.com", password: "correct horse battery staple", name: "Dora" });
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(page, "/console/keys");
  await signIn(other, "/console/keys", "dora@example.com");
  for (const [who, name] of [
    [page, "of the owner"],
    [other, "of Dora"],
  ] as const) {
    await who.getByRole("button", { name: "New key" }).first().click();
    await who.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await who.getByRole("button", { name: "Make the key" }).click();
    await who.getByRole("button", { name: "I have stored it" }).click();
    await expect(who.getByRole("row", { name: new RegExp(name) })).toBeVisible();
  }
  await page.reload();
  await other.reload();
  await expect(page.getByRole("row", { name: /of the owner/ })).toBeVisible();
  await expect(page.getByText("of Dora")).toHaveCount(0);
  await expect(other.getByRole("row", { name: /of Dora/ })).toBeVisible();
  await expect(other.getByText("of the owner")).toHaveCount(0);
  await other.goto("/console/members");
  await expect(other.getByRole("row", { name: /Dora/ })).toBeVisible();
  await expect(other.getByText("owner@example.com")).toHaveCount(0);
  await context.close();
});

test("a workspace is renamed, and deleted by typing its name", async ({ page }) => {
  await signIn(page, "/console/members?tab=workspace");
  await makeWorkspace(page, "Short-lived");
  await page.getByRole("textbox", { name: "Name" }).fill("Shorter-lived");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("button", { name: "Workspace: Shorter-lived" })).toBeVisible();
  await page.getByRole("button", { name: "Delete this workspace" }).click();
  const asked = page.getByRole("dialog", { name: "Delete “Shorter-lived”?" });
  await asked.getByRole("textbox").fill("Shorter-lived");
  await asked.getByRole("button", { name: "Delete this workspace" }).click();
  await expect(page.getByRole("button", { name: "Workspace: Personal" })).toBeVisible();
});
