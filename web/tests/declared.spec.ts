import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@playwright/test";
import { ask, makeKey } from "./server";
import { everyLook, look, signIn, watch } from "./support";

const FILE = `
version: 1
configurations:
  - {name: Front, provider: demo, model: demo-chat, shared: true}
routes:
  - {name: Door, targets: [{configuration: Front}]}
features:
  - {slug: mail-writer, name: Mail writer, target: Door}
policies:
  - {name: Ours, riskType: LOW, actionType: 0, rule: {kind: allowedProviders, providers: [demo], mode: allow}}
budgets:
  - {name: Everything, amount: 50, period: month}
limits:
  - {subject: workspace, measure: requests, amount: 6000}
prices:
  - {provider: demo, model: demo-chat, prices: {input: 1}}
channels:
  - {name: On-call, kind: webhook, url: "https://hooks.example.com/trunkline", secret: "\${env:HOOK_SECRET}"}
alertRules:
  - {name: It fails, kind: error_rate, threshold: 5, windowMinutes: 15, channels: [On-call]}
`;

/** Runs the command in a folder of its own, with a key of the owner. */
async function apply(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "declared-"));
  writeFileSync(join(folder, "trunkline.yaml"), FILE);
  const command = join(dirname(process.env["PYTHON"] ?? join(process.cwd(), "../.venv/bin/python")), "trunkline");
  const secret = `whsec_${Buffer.alloc(32, "s").toString("base64")}`;
  const env = { HOOK_SECRET: secret, PATH: process.env["PATH"], HOME: folder, TRUNKLINE_URL: process.env["CONSOLE_URL"], TRUNKLINE_API_KEY: await makeKey("Deploys", { scope: "manage" }) };
  return execFileSync(command, ["apply", "--yes"], { cwd: folder, env, encoding: "utf8" });
}

/** Where each thing is shown. */
const PAGES: [path: string, shows: string][] = [
  ["configurations", "Front"],
  ["routes", "Door"],
  ["features", "Mail writer"],
  ["policies?tab=policies", "Ours"],
  ["policies?tab=budgets", "Everything"],
  ["policies?tab=limits", "6,000 requests"],
  ["settings?tab=prices", "demo/demo-chat"],
  ["alerts?tab=rules", "It fails"],
  ["alerts?tab=channels", "On-call"],
];

test("what a file declares is marked, and what is changed since is told apart until the next apply", async ({ page }) => {
  const seen = watch(page);
  await apply();
  await signIn(page, "/console/");
  for (const [path, shows] of PAGES) {
    await page.goto(`/console/${path}`);
    await expect(page.getByText(shows).first()).toBeVisible();
    await expect(page.getByRole("button", { name: /^Declared in trunkline\.yaml\. Change it in trunkline\.yaml/ }), path).toHaveCount(1);
  }
  await page.goto("/console/policies?tab=limits");
  const badge = page.getByRole("button", { name: /^Declared in trunkline\.yaml/ });
  await badge.hover();
  await expect(page.getByRole("tooltip")).toContainText("run “trunkline apply”");
  await page.getByRole("button", { name: /^Actions for the limit 6,000 requests/ }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "How many" }).fill("7000");
  await page.getByRole("button", { name: "Save" }).click();
  const changed = page.getByRole("button", { name: /^Changed since apply\. .*trunkline export/ });
  await expect(changed).toBeVisible();
  expect(await apply()).toContain("Applied: 1 change.");
  await page.reload();
  await expect(page.getByRole("row", { name: /6,000 requests/ })).toBeVisible();
  await expect(badge).toBeVisible();
  await expect(changed).toHaveCount(0);
  expect(seen.complaints).toEqual([]);
});

everyLook("what a file declares", async (page, info) => {
  await apply();
  const [limit] = await ask<{ id: string }[]>("GET", "/api/limits");
  await ask("PUT", `/api/limits/${limit?.id}`, { amount: 7000 });
  await signIn(page, "/console/");
  for (const path of ["configurations", "policies?tab=limits", "alerts?tab=rules"]) {
    await page.goto(`/console/${path}`);
    await expect(page.getByRole("button", { name: /^(Declared in|Changed since)/ }).first()).toBeVisible();
    await look(page, info, `declared-${path.replace(/\W+/g, "-")}`);
  }
});
