import { expect, type Page, test } from "@playwright/test";
import { asOwner, signIn, watch } from "./support";

async function make(page: Page, name: string): Promise<string> {
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("button", { name: "Make the key" }).click();
  const made = page.getByRole("dialog", { name: `The key “${name}”` });
  const key = await made.getByRole("region", { name: "The API key" }).innerText();
  return key.trim();
}

const call = (page: Page, key: string) =>
  page.request.post("/v1/chat/completions", {
    headers: { authorization: `Bearer ${key}` },
    data: { model: "demo", messages: [{ role: "user", content: "Say hello." }] },
  });

test("a key is made, used, changed and revoked, and shown whole only once", async ({ page }) => {
  const seen = watch(page);
  await signIn(page, "/console/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("Give the key a name.")).toBeVisible();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Help desk");
  await page.getByRole("textbox", { name: "Requests per minute" }).fill("600");
  await page.getByRole("button", { name: "Make the key" }).click();
  const made = page.getByRole("dialog", { name: "The key “Help desk”" });
  const key = (await made.getByRole("region", { name: "The API key" }).innerText()).trim();
  expect(key).toMatch(/^tl-/);
  // Neither Escape nor a click beside it takes away what cannot be shown again.
  await page.keyboard.press("Escape");
  await expect(made).toBeVisible();
  await made.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText(key)).toHaveCount(0);
  const row = page.getByRole("row", { name: /Help desk/ });
  await expect(row).toContainText("Never used");
  await expect(row).toContainText("600 requests per minute");
  // On a phone the row is a card with the same facts.
  await page.setViewportSize({ width: 375, height: 800 });
  for (const fact of ["call models", "600 requests per minute"]) await expect(row.getByText(fact)).toBeVisible();
  await page.setViewportSize({ width: 1280, height: 720 });
  expect((await call(page, key)).status()).toBe(200);

  await row.getByRole("button", { name: "Actions for Help desk" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Help desk, old");
  await page.getByRole("combobox", { name: "Models" }).fill("another");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /Help desk, old/ })).toContainText("another");
  expect((await call(page, key)).status()).toBe(403);

  await page.getByRole("button", { name: "Actions for Help desk, old" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  const asked = page.getByRole("dialog", { name: "Revoke “Help desk, old”?" });
  await expect(asked).toContainText("Its limit is deleted with it.");
  await asked.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("row", { name: /Help desk/ })).toHaveCount(0);
  expect((await call(page, key)).status()).toBe(401);
  expect(seen.complaints).toEqual([]);
});

test("what was typed is not lost by closing: it asks first", async ({ page }) => {
  await signIn(page, "/console/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("half");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Stay" }).click();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("half");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("filters stand in the address", async ({ page }) => {
  await signIn(page, "/console/keys");
  await make(page, "one");
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByLabel("Name or key ending").fill("no such key");
  await expect(page.getByText("No key is like that. Take a filter away.")).toBeVisible();
  await expect(page).toHaveURL(/q=no/);
});

test("a budget of a key is used up by its calls, and refuses the next", async ({ page }) => {
  const ask = await asOwner(page);
  await ask("/api/prices", { provider: "demo", model: "demo-chat", prices: { request: 0.01 } });
  await signIn(page, "/console/keys");
  const key = await make(page, "Nights");
  await page.getByRole("button", { name: "I have stored it" }).click();

  await page.goto("/console/policies");
  await page.getByRole("button", { name: "New budget" }).click();
  const form = page.getByRole("dialog", { name: "New budget" });
  await form.getByRole("textbox", { name: "Name" }).fill("Night jobs");
  await form.getByRole("combobox", { name: "For" }).click();
  await page.getByRole("option", { name: "An API key" }).click();
  await form.getByRole("textbox", { name: "Amount" }).fill("much");
  await form.getByRole("button", { name: "Make the budget" }).click();
  await expect(form.getByText("Choose what it is for.")).toBeVisible();
  await expect(form.getByText("An amount of dollars above 0, such as 25 or 0.50.")).toBeVisible();
  await form.getByRole("combobox", { name: "Which key" }).click();
  await page.getByRole("option", { name: /^Nights/ }).click();
  await form.getByRole("textbox", { name: "Amount" }).fill("0.015");
  await form.getByRole("button", { name: "Make the budget" }).click();
  const card = page.getByRole("article", { name: "Night jobs" });
  await expect(card).toContainText("Within it");

  expect((await call(page, key)).status()).toBe(200);
  const refused = await call(page, key);
  expect(refused.status()).toBe(429);
  expect(await refused.text()).toContain("Night jobs");
  await page.reload();
  await expect(card).toContainText("$0.01");

  await card.getByRole("button", { name: "Actions for the budget Night jobs" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Amount" }).fill("5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(card).toContainText("$5.00");
  expect((await call(page, key)).status()).toBe(200);
});

test("a limit of each key refuses what is above it", async ({ page }) => {
  await signIn(page, "/console/policies?tab=limits");
  await page.getByRole("button", { name: "New limit" }).click();
  const form = page.getByRole("dialog", { name: "New limit" });
  await form.getByRole("button", { name: "Make the limit" }).click();
  await expect(form.getByText("A whole number above 0.")).toBeVisible();
  await form.getByRole("textbox", { name: "How many" }).fill("1");
  await form.getByRole("button", { name: "Make the limit" }).click();
  await expect(page.getByRole("row", { name: /Each key for itself/ })).toContainText("1 requests per minute");
  await page.goto("/console/keys");
  const key = await make(page, "Limited");
  await page.getByRole("button", { name: "I have stored it" }).click();
  expect((await call(page, key)).status()).toBe(200);
  expect((await call(page, key)).status()).toBe(429);
  await page.goto("/console/policies?tab=limits");
  await page.getByRole("button", { name: /^Actions for the limit 1 requests/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete this limit?" }).getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No limit yet")).toBeVisible();
});
