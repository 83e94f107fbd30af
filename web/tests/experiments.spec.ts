import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { ask, call, makeKey } from "./server";
import { everyLook, look, signIn, watch } from "./support";

let upstream: Server;
let configId = "";

/** Answers as OpenAI does, but for a model that it refuses. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request.on("data", (piece) => (body += String(piece)));
  request.on("end", () => {
    const { model } = JSON.parse(body || "{}") as { model?: string };
    response.setHeader("content-type", "application/json");
    if (model === "gpt-4o") {
      response.writeHead(400).end('{"error": {"message": "No."}}');
      return;
    }
    response.end(
      JSON.stringify({
        id: "chatcmpl-1", object: "chat.completion", created: 1, model,
        choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
        usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
      }),
    );
  });
}

test.beforeAll(async () => {
  upstream = createServer(answer);
  await new Promise<void>((ready) => upstream.listen(0, "127.0.0.1", ready));
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  // Its model refuses every call, so that the new version is plainly better.
  configId = (await ask("POST", "/api/configurations", { name: "Production chat", provider: "openai", model: "gpt-4o", baseUrl, apiKey: "sk-nobody-knows" }))["id"] ?? "";
});

test.afterAll(() => upstream.close());

async function fill(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New experiment" }).click();
  const dialog = page.getByRole("dialog", { name: "New experiment" });
  await dialog.getByRole("combobox", { name: "Configuration" }).click();
  await page.getByRole("option", { name: /Production chat/ }).click();
  await dialog.getByLabel("Model").fill("gpt-4o-mini");
  await dialog.getByLabel("Temperature").fill("0.5");
  await dialog.getByRole("button", { name: "Begin" }).click();
}

test("an experiment from split to verdict to ship", async ({ page }) => {
  test.setTimeout(240_000);
  const seen = watch(page);
  await signIn(page, "/console/experiments");
  await expect(page.getByRole("heading", { name: "No experiment yet" })).toBeVisible();
  await fill(page);
  await expect(page).toHaveURL(new RegExp(`/experiments/${configId}`));
  await expect(page.getByText("Too early to tell", { exact: false })).toBeVisible();

  const second = page.getByRole("textbox", { name: "Share of v2, in percent" });
  await second.fill("30");
  await expect(page.getByRole("textbox", { name: "Share of v1, in percent" })).toHaveValue("70 %");
  await page.getByRole("slider", { name: "Share of v1" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(second).toHaveValue("29 %");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(second).toHaveValue("50 %");
  await second.fill("40");
  await page.getByRole("button", { name: "Save shares" }).click();
  await expect(page.getByRole("button", { name: "Save shares" })).toBeHidden();

  await page.getByRole("button", { name: "Edit" }).click();
  const guardrails = page.getByRole("dialog", { name: "Guardrails" });
  await guardrails.getByLabel("Cost per call may rise by, in percent").fill("25");
  await guardrails.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("above +25 %")).toBeVisible();

  await page.getByRole("button", { name: "Plan a ramp" }).click();
  await page.getByRole("dialog", { name: "Ramp plan" }).getByRole("button", { name: "Begin" }).click();
  await expect(page.getByText("5 % until 200 people saw it")).toBeVisible();
  await page.getByRole("button", { name: "Stop the ramp" }).click();
  await expect(page.getByText("v2: stopped", { exact: false })).toBeVisible();
  await second.fill("50");
  await page.getByRole("button", { name: "Save shares" }).click();
  await expect(page.getByRole("button", { name: "Save shares" })).toBeHidden();

  const key = await makeKey("app");
  for (let at = 0; at < 120; at += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, more) => call(key, "Production chat", { "X-User-Id": `user ${at + more}` })));
  }
  await expect(page.getByText(/Version v2 has an error rate at least .* lower than v1 \(95 % certain\): ship it\./)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Safe to stop")).toBeVisible();
  await expect(page.getByRole("img", { name: /^Difference in errors, v2 − v1: −/ })).toBeVisible({ timeout: 40_000 });

  await page.getByRole("button", { name: "Ship v2" }).click();
  await page.getByRole("dialog", { name: "Ship v2" }).getByRole("button", { name: "Ship v2" }).click();
  await expect(page.getByText("Version v2 was shipped: it serves everything.")).toBeVisible();
  await page.goto("/console/experiments?state=shipped");
  await expect(page.getByRole("link", { name: /Production chat.*Shipped/ })).toBeVisible();
  await page.goto("/console/experiments?state=running");
  await expect(page.getByText("No experiment stands so.", { exact: false })).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test("an experiment that is not worth it is reverted", async ({ page }) => {
  const other = (await ask("POST", "/api/configurations", { name: "Second chat", provider: "demo", model: "demo-chat" }))["id"] ?? "";
  await ask("POST", `/model-configs/${other}/versions`, { version: "v2", label: "shorter", settings: { temperature: 0.5 }, trafficPercent: 50 });
  await signIn(page, `/console/experiments/${other}`);
  await page.getByRole("button", { name: "Revert to v1" }).click();
  await page.getByRole("dialog", { name: "Revert to v1" }).getByRole("button", { name: "Revert to v1" }).click();
  await expect(page.getByText("Reverted: v1 serves everything again.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Revert to v1" })).toBeHidden();
});

test("running experiments are listed with what is known", async ({ page }) => {
  const third = (await ask("POST", "/api/configurations", { name: "Support chat", provider: "demo", model: "demo-chat" }))["id"] ?? "";
  await ask("POST", `/model-configs/${third}/versions`, { version: "v2", label: "shorter", settings: { temperature: 0.5 }, trafficPercent: 30 });
  const key = await makeKey("support");
  for (let at = 0; at < 130; at += 10) await Promise.all(Array.from({ length: 10 }, (_, more) => call(key, "Support chat", { "X-User-Id": `user ${at + more}` })));
  await signIn(page, "/console/experiments?state=running");
  await page.getByRole("link", { name: /Support chat.*Running.*No difference between v2 and v1 is certain yet/ }).click();
  await expect(page.getByText("Keep going")).toBeVisible();
  await expect(page.getByRole("img", { name: /^Difference in errors, v2 − v1/ })).toBeVisible();
  await page.getByRole("button", { name: "Rating" }).click();
  await expect(page.getByText("With fewer than 30 people on a version nothing can be said yet.", { exact: false })).toBeVisible();
});

everyLook("experiments", async (page, info) => {
  await signIn(page, "/console/experiments?state=idle");
  await expect(page.getByText("No experiment stands so.", { exact: false })).toBeVisible();
  await look(page, info, "experiments-empty");
  await page.goto("/console/experiments");
  await expect(page.getByRole("link", { name: /Support chat/ })).toBeVisible();
  await look(page, info, "experiments");
  await page.getByRole("link", { name: /Support chat/ }).click();
  await expect(page.getByRole("img", { name: /^Difference in errors/ })).toBeVisible();
  await look(page, info, "experiment");
});
