import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { asOwner, signIn, watch } from "./support";

const chat = (page: Page, key: string, content: string) =>
  page.request.post("/v1/chat/completions", { headers: { authorization: `Bearer ${key}` }, data: { model: "demo", messages: [{ role: "user", content }] } });

test("a policy is tried on yesterday's calls, made, broken, listed, changed and deleted", async ({ page }) => {
  const seen = watch(page);
  const ask = await asOwner(page);
  const { key } = (await ask("/api/keys", { name: "Policy test" })) as { key: string };
  expect((await chat(page, key, "Hello")).status()).toBe(200);
  await signIn(page, "/console/policies?tab=policies");
  await page.getByRole("button", { name: "New policy" }).click();
  const form = page.getByRole("dialog", { name: "New policy" });
  await form.getByRole("textbox", { name: "Name" }).fill("No customer data");

  // What it would have found: providers first, which every call has.
  await form.getByRole("combobox", { name: "Rule" }).click();
  await page.getByRole("option", { name: "Providers that may or may not be used" }).click();
  await form.getByRole("button", { name: "Try it on the last 24 hours" }).click();
  await expect(form.getByText("Choose a provider.")).toBeVisible();
  await form.getByRole("combobox", { name: "Providers" }).click();
  await page.getByRole("option", { name: "Anthropic", exact: true }).click();
  await page.keyboard.press("Escape");
  await expect(async () => {
    await form.getByRole("button", { name: "Try it on the last 24 hours" }).click();
    await expect(form.getByText("Would have found 1 of 1 calls.")).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expect(form.getByText("The provider demo is not allowed.")).toBeVisible();

  await form.getByRole("combobox", { name: "Rule" }).click();
  await page.getByRole("option", { name: "Personal data in what is sent" }).click();
  await form.getByRole("checkbox", { name: "Email addresses" }).check();
  await form.getByRole("radio", { name: "Block" }).check();
  await form.getByRole("button", { name: "Make the policy" }).click();
  const row = page.getByRole("row", { name: /No customer data/ });
  await expect(row).toContainText("What is sent may hold no email addresses.");
  await expect(row).toContainText("Blocked");

  const refused = await chat(page, key, "Write to ada@example.com");
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain("No customer data");

  // Switched off, it holds nobody; undone, it does.
  await row.getByRole("switch", { name: "Calls are held to No customer data" }).press(" ");
  await expect(page.getByText("“No customer data” is off: calls are not held to it.")).toBeVisible();
  await expect(row).toContainText("Off");
  expect((await chat(page, key, "Write to ada@example.com")).status()).toBe(200);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toContainText("Blocked");
  expect((await chat(page, key, "Write to ada@example.com")).status()).toBe(403);

  await row.getByRole("button", { name: "Actions for the policy No customer data" }).click();
  await page.getByRole("menuitem", { name: "Violations" }).click();
  await expect(page).toHaveURL(/tab=violations/);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("Personal data was found: email.").first()).toBeVisible({ timeout: 3_000 });
  }).toPass();

  await page.getByRole("tab", { name: "Policies" }).click();
  await row.getByRole("button", { name: "Actions for the policy No customer data" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await page.getByRole("radio", { name: "Log" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("Logged");
  expect((await chat(page, key, "Write to ada@example.com")).status()).toBe(200);

  await row.getByRole("button", { name: "Actions for the policy No customer data" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No policy yet")).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test("all of it is in the audit log, as a diff; the chain is verified, and the log exported", async ({ page }) => {
  const seen = watch(page);
  const ask = await asOwner(page);
  await ask("/api/budgets", { name: "Everything", amount: "5", period: "month" });
  await signIn(page, "/console/audit");
  await expect(page.getByRole("button", { name: "Show budgets.create Everything" }).first()).toBeVisible();
  await page.getByRole("textbox", { name: "Action" }).fill("budgets.create");
  await expect(page).toHaveURL(/action=budgets.create/);
  await expect(page.getByRole("button", { name: /^Show keys/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Show budgets.create Everything" }).first().click();
  const event = page.getByRole("dialog", { name: "budgets.create" });
  await expect(event.getByRole("row", { name: /^amount/ })).toContainText("5");
  await page.reload();
  await expect(event).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/open=/);

  await page.getByRole("button", { name: "Verify the chain" }).click();
  await expect(page.getByText("Nothing was changed")).toBeVisible();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "JSON" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe("audit.json");
  const events = JSON.parse(await readFile(await file.path(), "utf8")) as { action: string }[];
  expect(new Set(events.map(({ action }) => action))).toEqual(new Set(["budgets.create"]));
  expect(seen.complaints).toEqual([]);
});
