import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { EMAIL, look, PASSWORD, watch } from "./support";

/** The address that the command printed. */
function printed(): string {
  const found = /http\S+\/setup\?token=\S+/.exec(readFileSync(process.env["CONSOLE_LOG"] ?? "", "utf8"));
  if (found === null) throw new Error("The server printed no address.");
  return found[0];
}

test.describe.configure({ mode: "serial" });

test("a wrong token is told, and nothing typed is lost", async ({ page }, info) => {
  await page.goto("/setup?token=tlo-wrong");
  await expect(page).toHaveURL(/\/console\/setup$/);
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill("short");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("textbox", { name: "Password" })).toHaveAttribute("aria-invalid", "true");
  await look(page, info, "set-up");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText(/is wrong, was used, or is older than 24 hours/)).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue(EMAIL);
});

test("from the printed address to the first call of a program", async ({ page, request }, info) => {
  const seen = watch(page);
  const addresses: string[] = [];
  page.on("request", (sent) => addresses.push(sent.url()));
  await page.goto(printed());
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText("OPENAI_API_KEY · sk-proj-…x7Qd")).toBeVisible();
  await page.getByRole("button", { name: "Use it: OpenAI" }).click();
  await expect(page.getByText("Added as “openai”")).toBeVisible();
  const snippet = page.getByRole("region", { name: "curl" });
  await expect(snippet).toContainText("Bearer tl-");
  await expect(snippet).toContainText('"model": "openai"');
  const key = /Bearer (tl-[\w-]+)/.exec((await snippet.textContent()) ?? "")?.[1] ?? "";
  await look(page, info, "found");
  // Neither the token nor a key stands in an address, but for the one that was printed.
  expect(addresses.filter((address) => /tlo-|tl-|sk-/.test(address) && !address.includes("/setup?token="))).toEqual([]);
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page).toHaveURL(/\/console\/chat\?model=openai&prompt=/);
  await page.goto("/console/");
  await expect(page.getByText("Waiting for the first call …")).toBeVisible();
  await look(page, info, "home");
  const called = await request.post("/v1/chat/completions", {
    headers: { authorization: `Bearer ${key}` },
    data: { model: "demo", messages: [{ role: "user", content: "Hello" }] },
  });
  expect(called.status()).toBe(200);
  // Everything is done: the checklist goes.
  await expect(page.getByRole("region", { name: "Get started" })).toBeHidden();
  expect(seen.complaints).toEqual([]);
});

test("what is set up is not set up again", async ({ page }) => {
  await page.goto("/setup?token=tlo-wrong");
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("This installation is set up already.")).toBeVisible();
});
