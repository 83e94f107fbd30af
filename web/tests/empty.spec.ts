import { expect } from "@playwright/test";
import { makeTeam } from "./people";
import { everyLook, look, signIn } from "./support";

/** Pages of a workspace in which nothing was made yet, with what each says that people could do. */
const PAGES: [path: string, says: string][] = [
  ["", "Home"],
  ["configurations", "No configuration yet"],
  ["configurations/new", "New configuration"],
  ["routes", "No route yet"],
  ["routes/new", "New route"],
  ["models", "Models"],
  ["features", "Summarizer"],
  ["status", "Status"],
  ["keys", "No API key yet"],
  ["members?tab=workspace", "Leave this workspace"],
  ["policies?tab=budgets", "No budget yet"],
  ["policies?tab=limits", "No limit yet"],
  ["policies?tab=policies", "No policy yet"],
  ["policies?tab=violations", "Violations"],
  ["alerts?tab=history", "Alerts"],
  ["settings?tab=capture", "Captured content"],
  ["settings?tab=prices", "No price of its own"],
  ["settings?tab=cache", "Response cache"],
  ["nowhere", "There is no such page"],
];

everyLook("pages of an empty workspace", async (page, info) => {
  const { emails } = await makeTeam("Empty");
  await signIn(page, "/", emails.owner);
  await page.getByRole("button", { name: "Workspace: Personal" }).click();
  await page.getByRole("menuitem", { name: "Empty" }).click();
  for (const [path, says] of PAGES) {
    await page.goto(`/console/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main").getByText(says).first(), path).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await look(page, info, `empty-${path.replace(/\W+/g, "-")}`);
  }
});
