import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { ask, call, makeKey } from "./server";
import { everyLook, look, signIn, watch } from "./support";

let provider: Server;
let inbox: Server;
let broken = true;
const notices: string[] = [];
const place = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test.beforeAll(async () => {
  provider = createServer((_, response) => {
    response.writeHead(broken ? 401 : 200, { "content-type": "application/json" });
    response.end(
      broken
        ? '{"error": {"message": "No such key.", "code": "invalid_api_key"}}'
        : '{"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3}}',
    );
  });
  inbox = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += String(piece)));
    request.on("end", () => {
      notices.push(body);
      response.end();
    });
  });
  for (const server of [provider, inbox]) await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  await ask("POST", "/api/configurations", { name: "Fragile", provider: "custom", model: "m", baseUrl: `${place(provider)}/v1`, apiKey: "sk-nobody-knows" });
});

test.afterAll(() => {
  provider.close();
  inbox.close();
});

test("an alert fires, is told, acknowledged and resolved", async ({ page }) => {
  test.setTimeout(240_000);
  const seen = watch(page);
  await signIn(page, "/console/alerts?tab=channels");
  await expect(page.getByRole("heading", { name: "No channel yet" })).toBeVisible();
  await page.getByRole("button", { name: "New channel" }).click();
  const making = page.getByRole("dialog", { name: "New channel" });
  await making.getByLabel("Name").fill("On-call");
  await making.getByRole("button", { name: "Save" }).click();
  await expect(making.getByText("Enter the address, beginning with https://.")).toBeVisible();
  await making.getByLabel("Address").fill(place(inbox));
  await making.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("button", { name: "Send a test to On-call" }).click();
  await expect(page.getByText("The test reached On-call.")).toBeVisible();
  expect(notices).toHaveLength(1);

  await page.getByRole("tab", { name: "Rules" }).click();
  await page.getByRole("button", { name: "Edit A provider rejects a key" }).click();
  const editing = page.getByRole("dialog", { name: "Edit the rule" });
  await editing.getByRole("combobox", { name: "Channels that are told" }).click();
  await page.getByRole("option", { name: "On-call" }).click();
  await page.keyboard.press("Tab");
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("tells 1 channel", { exact: false })).toBeVisible();

  await page.getByRole("tab", { name: "Alerts", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Nothing is wrong" })).toBeVisible();
  const key = await makeKey("shop");
  for (let at = 0; at < 5; at += 1) expect(await call(key, "Fragile")).not.toBe(200);
  // Another rule may find the same on a slow machine: one alert is enough.
  await page.getByRole("button", { name: /^Acknowledge: .*Fragile/ }).first().click({ timeout: 90_000 });
  await expect(page.getByText("Acknowledged", { exact: true }).first()).toBeVisible();
  broken = false;
  for (let at = 0; at < 5; at += 1) expect(await call(key, "Fragile")).toBe(200);
  await expect(page.getByRole("heading", { name: "Nothing is wrong" })).toBeVisible({ timeout: 90_000 });
  await page.getByRole("button", { name: "All", exact: true }).click();
  await expect(page.getByText("Resolved", { exact: true }).first()).toBeVisible();
  await expect.poll(() => notices.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  await page.getByRole("tab", { name: "Sent" }).click();
  await expect(page.getByText("Resolved → On-call").first()).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test("a rule says what it would have done, before it is saved", async ({ page }) => {
  await signIn(page, "/console/alerts?tab=rules");
  await page.getByRole("button", { name: "New rule" }).click();
  const making = page.getByRole("dialog", { name: "New rule" });
  const preview = making.getByRole("region", { name: "Preview" });
  await expect(preview.getByText("This rule would not have fired in the last 7 days.")).toBeVisible();
  await making.getByLabel("Only with so many calls").fill("1");
  await expect(preview.getByText(/This rule would have fired (once|twice|\d+ times) in the last 7 days\./)).toBeVisible();
  await making.getByRole("textbox", { name: "Name", exact: true }).fill("Many errors");
  await making.getByLabel("Quiet hours").check({ force: true });
  await making.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("quiet from 22:00 to 07:00", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Delete Many errors" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Many errors", { exact: true })).toBeHidden();
});

test("a channel is renamed, moved with its secret, switched off, and never changed over somebody else's back", async ({ page }) => {
  const { id } = await ask("POST", "/api/alerts/channels", { kind: "webhook", name: "Day shift", url: `${place(inbox)}/day` });
  await signIn(page, "/console/alerts?tab=channels");
  await page.getByRole("button", { name: "Edit Day shift" }).click();
  const editing = page.getByRole("dialog", { name: "Edit “Day shift”" });
  await expect(editing.getByLabel("Address")).toHaveValue(`${place(inbox)}/day`);
  await editing.getByLabel("Address").fill(`${place(provider)}/night`);
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(editing.getByText(/^is needed again|leads to another server now/)).toBeVisible();
  await editing.getByLabel("Signing secret").fill(`whsec_${Buffer.alloc(32, 1).toString("base64")}`);
  await editing.getByLabel("Send notices here").uncheck({ force: true });
  await ask("PUT", `/api/alerts/channels/${id}`, { name: "Late shift" });
  await editing.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("dialog", { name: "Somebody changed it meanwhile" });
  await expect(conflict.getByRole("region", { name: "Theirs" })).toContainText("Late shift");
  await expect(conflict.getByRole("region", { name: "Yours" })).toContainText("/night");
  await expect(conflict.getByRole("region", { name: "Yours" })).toContainText("enabled");
  await expect(conflict).not.toContainText("whsec_");
  await conflict.getByRole("button", { name: "Save mine over theirs" }).click();
  await expect(conflict).toBeHidden();
  const row = page.getByText(`${place(provider)}/night`);
  await expect(row).toBeVisible();
  await expect(page.getByText("Off", { exact: true })).toBeVisible();
});

everyLook("alerts", async (page, info) => {
  await signIn(page, "/console/alerts");
  await expect(page.getByRole("heading", { name: "Nothing is wrong" })).toBeVisible();
  await look(page, info, "alerts-empty");
  await page.goto("/console/alerts?which=all");
  await expect(page.getByText("Resolved", { exact: true }).first()).toBeVisible();
  await look(page, info, "alerts");
  await page.goto("/console/alerts?tab=rules");
  await expect(page.getByText("A budget is used up")).toBeVisible();
  await look(page, info, "alert-rules");
  await page.getByRole("button", { name: "New rule" }).click();
  await expect(page.getByText(/This rule would (not )?have fired/)).toBeVisible();
  await look(page, info, "alert-rule");
  await page.goto("/console/alerts?tab=channels");
  await expect(page.getByText("On-call", { exact: true })).toBeVisible();
  await look(page, info, "alert-channels");
  await page.getByRole("button", { name: "Edit On-call" }).click();
  await expect(page.getByLabel("Signing secret")).toBeVisible();
  await look(page, info, "alert-channel");
});
