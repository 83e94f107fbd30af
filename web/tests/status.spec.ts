import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { ask, call, makeKey } from "./server";
import { everyLook, look, signIn, watch } from "./support";

let provider: Server;
let key = "";

test.beforeAll(async () => {
  provider = createServer((_, response) => response.writeHead(401, { "content-type": "application/json" }).end('{"error": {"message": "No such key.", "code": "invalid_api_key"}}'));
  await new Promise<void>((ready) => provider.listen(0, "127.0.0.1", ready));
  const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  await ask("POST", "/api/configurations", { name: "Fragile", provider: "custom", model: "m", baseUrl, apiKey: "sk-nobody-knows" });
  key = await makeKey("shop");
  await call(key, "demo");
});

test.afterAll(() => provider.close());

test("the status tells of a rejected key as it happens, and of the last error", async ({ page }) => {
  const seen = watch(page);
  await signIn(page, "/console/status");
  const configurations = page.getByRole("region", { name: "Configurations" });
  await expect(configurations.getByText("Fragile", { exact: true })).toBeVisible();
  await expect(configurations.getByText("Key rejected", { exact: true })).toBeHidden();
  for (let at = 0; at < 5; at += 1) await call(key, "Fragile");
  await expect(configurations.getByText("Key rejected", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(configurations.getByText(/^Last error .*: /)).toBeVisible();
  await expect(configurations.getByText(/^Routes pass it over for \d+ s more/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Providers" }).getByText("Key rejected", { exact: true })).toBeVisible();
  const history = configurations.getByRole("img", { name: /^Fragile: history/ });
  const bars = (): Promise<number> =>
    history.locator("path").evaluateAll((paths) => paths.map((path) => path.getAttribute("d") ?? "").join("").split("M").length - 1);
  await expect.poll(bars).toBe(90);
  await history.hover();
  await expect(history.locator("title")).toContainText("calls");
  await page.getByRole("button", { name: "Last 90 days" }).click();
  await expect(page).toHaveURL(/cell=day/);
  await expect(page.getByText("Each cell is a day in UTC; the last one is under way.")).toBeVisible();
  await configurations.getByRole("link", { name: /^Fragile: 5 calls/ }).click();
  await expect(page.getByText(/^5 requests .* 5 failed/)).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

everyLook("status", async (page, info) => {
  await signIn(page, "/console/status");
  await expect(page.getByText("Fragile", { exact: true })).toBeVisible();
  await look(page, info, "status");
});
