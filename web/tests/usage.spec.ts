import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { ask, call, makeKey } from "./server";
import { everyLook, look, signIn, watch } from "./support";

let broken: Server;
let key = "";

test.beforeAll(async () => {
  broken = createServer((_, response) => response.writeHead(400, { "content-type": "application/json" }).end('{"error": {"message": "No."}}'));
  await new Promise<void>((ready) => broken.listen(0, "127.0.0.1", ready));
  key = await makeKey("shop");
  const { AIMOCK_URL: url, AIMOCK_KEY: apiKey } = process.env;
  await ask("POST", "/api/configurations", { name: "Production chat", provider: "openai", model: "gpt-4o-mini", baseUrl: `${url}/v1`, apiKey });
  await ask("POST", "/api/configurations", {
    name: "Broken", provider: "custom", model: "none", apiKey: "sk-nobody-knows", baseUrl: `http://127.0.0.1:${(broken.address() as AddressInfo).port}/v1`,
  });
  for (let at = 0; at < 6; at += 1) await call(key, "Production chat", at % 2 === 0 ? { "x-trunkline-tags": "team-a" } : {});
  for (let at = 0; at < 4; at += 1) await call(key, "demo");
  for (let at = 0; at < 2; at += 1) await call(key, "Broken");
});

test.afterAll(() => broken.close());

test("every figure opens the requests that it sums", async ({ page }) => {
  const seen = watch(page);
  await signIn(page, "/console/usage");
  const row = page.getByRole("row", { name: /Production chat/ });
  await expect(row.getByRole("cell").nth(1)).toHaveText("6");
  await expect(row.getByRole("cell").nth(3)).toHaveText(/^\$0\.0{2,}[1-9]/);
  await expect(page.getByRole("row", { name: /Broken/ }).getByRole("cell").nth(6)).toHaveText("100%");
  await row.getByRole("link", { name: "Production chat: 6 requests" }).click();
  await expect(page.getByRole("heading", { name: "Requests", level: 1 })).toBeVisible();
  await expect(page.getByText(/^6 requests · \$0\.0{2,}[1-9]/)).toBeVisible();
  await expect(page.getByRole("table", { name: "Requests" }).getByRole("row")).toHaveCount(7);
  await page.goBack();
  await page.getByRole("link", { name: "Broken: 100% errors" }).click();
  await expect(page.getByText(/^2 requests · .* · 2 failed/)).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await expect(page).toHaveURL(/by=tag/);
  await page.getByRole("link", { name: "No tag: 9 requests" }).click();
  await expect(page.getByText(/^9 requests/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Without tag remove" })).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test("figures are filtered, told apart over time and taken away", async ({ page }) => {
  await signIn(page, "/console/usage?by=model&range=24h");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("menuitem", { name: "Provider" }).click();
  await page.getByRole("option", { name: "openai" }).click();
  await expect(page).toHaveURL(/provider=openai/);
  await expect(page.getByRole("row", { name: /gpt-4o-mini/ }).last()).toBeVisible();
  await expect(page.getByRole("row", { name: /demo-chat/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Requests", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Requests per hour" })).toBeVisible();
  await expect(page.getByRole("table", { name: "Requests per hour, by provider" }).getByRole("columnheader", { name: "openai" })).toBeAttached();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  expect((await saved).suggestedFilename()).toBe("usage.csv");
});

test("a period without calls says what to do", async ({ page }) => {
  await signIn(page, "/console/usage?from=2020-01-01&to=2020-01-02");
  await expect(page.getByRole("heading", { name: "Nothing was used in this period" })).toBeVisible();
});

everyLook("usage", async (page, info) => {
  await signIn(page, "/console/usage");
  await expect(page.getByRole("link", { name: "Production chat", exact: true })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Cost per 3 hours" })).toBeVisible();
  await look(page, info, "usage");
  await page.goto("/console/usage?from=2020-01-01&to=2020-01-02");
  await expect(page.getByRole("heading", { name: "Nothing was used in this period" })).toBeVisible();
  await look(page, info, "usage-empty");
});
