import { expect, test } from "@playwright/test";
import { everyLook, look, signIn, watch } from "./support";

test("how long things are kept is changed; what is set elsewhere says where, and no secret is shown", async ({ page }) => {
  const seen = watch(page);
  await signIn(page, "/console/settings");
  const requests = page.getByRole("textbox", { name: "Requests, one by one" });
  await requests.fill("90");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved. It holds from now on.")).toBeVisible();
  await page.reload();
  await expect(requests).toHaveValue("90 days");
  await expect(page.getByRole("button", { name: /^database\. Kept in the database/ })).toHaveCount(1);

  await page.getByRole("tab", { name: "Installation" }).click();
  const list = page.getByRole("table", { name: "Settings of the installation" });
  await expect(list.getByRole("row", { name: /TRUNKLINE_PORT/ })).toContainText("environment");
  await expect(list.getByRole("row", { name: /TRUNKLINE_ADMIN_PASSWORD/ })).toContainText("set, not shown");
  await expect(list.getByRole("row", { name: /TRUNKLINE_WORKERS/ })).toContainText("default");
  expect(seen.complaints).toEqual([]);
});

/** Pages with their titles, and for some a button whose dialog is looked at, too. */
const PAGES: [path: string, title: string, opens?: string | RegExp][] = [
  ["keys", "API keys", "New key"],
  ["members", "Members"],
  ["members?tab=roles", "Members"],
  ["policies", "Policies & budgets", "New budget"],
  ["policies?tab=policies", "Policies & budgets", "New policy"],
  ["audit", "Audit", /^Show /],
  ["settings", "Settings"],
  ["settings?tab=installation", "Settings"],
];

everyLook("pages of administration", async (page, info) => {
  await signIn(page, "/console/keys");
  for (const [path, title, opens] of PAGES) {
    await page.goto(`/console/${path}`);
    await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    await expect(page.locator("[aria-busy]")).toHaveCount(0);
    await look(page, info, `${path.replace(/\W+/g, "-")}`);
    if (opens === undefined) continue;
    await page.getByRole("main").getByRole("button", { name: opens }).first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, info, `${path.replace(/\W+/g, "-")}-dialog`);
  }
});
