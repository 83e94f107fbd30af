import { expect, test } from "@playwright/test";
import { ask, call, makeKey } from "./server";
import { everyLook, look, signIn, watch } from "./support";

let key = "";

test.beforeAll(async () => {
  key = await makeKey("shop");
  const { AIMOCK_URL: url, AIMOCK_KEY: apiKey } = process.env;
  await ask("POST", "/api/configurations", { name: "Production chat", provider: "openai", model: "gpt-4o-mini", baseUrl: `${url}/v1`, apiKey });
  await call(key, "Production chat");
  for (let at = 0; at < 130; at += 1) await call(key, "demo");
});

test("requests stand here as they end, and one tells its whole life", async ({ page }) => {
  const seen = watch(page);
  await signIn(page, "/console/requests");
  const table = page.getByRole("table", { name: "Requests" });
  await expect(page.getByText(/^131 requests/)).toBeVisible();
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("menuitem", { name: "Model" }).click();
  await page.getByRole("option", { name: "gpt-4o-mini" }).click();
  await expect(page).toHaveURL(/model=gpt-4o-mini/);
  await expect(table.getByRole("row")).toHaveCount(2);
  await call(key, "Production chat");
  await expect(table.getByRole("row")).toHaveCount(3);
  await call(key, "demo");
  await table.getByRole("row").nth(2).getByRole("link").click();
  const drawer = page.getByRole("dialog", { name: "Request" });
  await expect(drawer.getByText("No policy was broken.")).toBeVisible();
  await expect(drawer.getByText("Production chat", { exact: true }).last()).toBeVisible();
  await expect(drawer.getByText(/per million tokens/).first()).toBeVisible();
  await expect(drawer.getByRole("link", { name: "Replay in playground" })).toHaveAttribute("href", /\/playground\?replay=/);
  await expect(page).toHaveURL(/call=/);
  await page.reload();
  await expect(drawer.getByText("No policy was broken.")).toBeVisible();
  await drawer.getByRole("button", { name: "Close" }).click();
  await expect(drawer).toBeHidden();
  expect(seen.complaints).toEqual([]);
});

test("a long list is read page by page; what is new waits until one is back on top", async ({ page }) => {
  await signIn(page, "/console/requests?model=demo-chat");
  const table = page.getByRole("table", { name: "Requests" });
  await expect(table.getByRole("row").nth(5)).toBeVisible();
  expect(await table.getByRole("row").count()).toBeLessThan(60);
  await table.hover();
  await page.mouse.wheel(0, 3_000);
  await page.mouse.wheel(0, 6_000);
  await expect(page.getByText("These are all.")).toBeVisible();
  await call(key, "demo");
  await page.getByRole("button", { name: "1 new request" }).click();
  await expect(table.locator("tbody tr").first()).toHaveAttribute("aria-rowindex", "2");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /^CSV/ }).click();
  expect((await saved).suggestedFilename()).toBe("requests.csv");
});

everyLook("requests", async (page, info) => {
  await signIn(page, "/console/requests");
  await expect(page.getByRole("table", { name: "Requests" }).getByRole("row").nth(5)).toBeVisible();
  await look(page, info, "requests");
  await page.goto("/console/requests?model=gpt-4o-mini");
  await page.getByRole("table", { name: "Requests" }).getByRole("link").first().click();
  await expect(page.getByText("No policy was broken.")).toBeVisible();
  await look(page, info, "request");
  await page.goto("/console/requests?model=none");
  await expect(page.getByRole("heading", { name: "No request is like that" })).toBeVisible();
  await look(page, info, "requests-empty");
});
