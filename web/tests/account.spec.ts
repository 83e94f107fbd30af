import { expect, test } from "@playwright/test";
import { EMAIL, everyLook, look, PASSWORD, signIn } from "./support";

const FRESH = "another battery horse staple";

everyLook("account", async (page, info) => {
  await page.goto("/console/sign-up");
  await expect(page.getByRole("heading", { name: "Make your account" })).toBeVisible();
  await look(page, info, "sign-up");
  await page.goto("/console/forgotten-password");
  await expect(page.getByText("This installation sends no email.")).toBeVisible();
  await look(page, info, "forgotten");
  await signIn(page, "/console/account");
  await expect(page.getByText("This browser").last()).toBeVisible();
  await look(page, info, "account");
  await page.goto("/console/");
  await expect(page.getByText("No alert is open.")).toBeVisible();
  await look(page, info, "home");
});

test("the look is there before anything is painted", async ({ page }) => {
  await signIn(page, "/console/account");
  await page.getByText("Dark", { exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.route("**/assets/*.js", (route) => route.abort());
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});

test("a changed password is asked for before one leaves, and ends other sessions", async ({ page, browser }) => {
  await signIn(page, "/console/account");
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, "/console/account");
  await page.getByRole("textbox", { name: "Current password" }).fill("wrong");
  await page.getByRole("textbox", { name: "New password" }).fill(FRESH);
  await page.getByRole("link", { name: "Status" }).click();
  await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Stay" }).click();
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText(/is not your password/)).toBeVisible();
  await expect(page.getByRole("textbox", { name: "New password" })).toHaveValue(FRESH);
  await page.getByRole("textbox", { name: "Current password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your other sessions have ended.")).toBeVisible();
  await other.reload();
  await expect(other.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
  // As it was, for the other stories.
  await page.getByRole("textbox", { name: "Current password" }).fill(FRESH);
  await page.getByRole("textbox", { name: "New password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("textbox", { name: "New password" })).toHaveValue("");
  await context.close();
});

test("where sign-up is open a stranger makes an account; a session is ended from elsewhere", async ({ page, browser }) => {
  await page.goto("/console/sign-up");
  await page.getByLabel("Your name").fill("Ann");
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(FRESH);
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("alert")).toContainText("already");
  await page.getByLabel("Email").fill("ann@example.com");
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto("/");
  await other.getByLabel("Email").fill("ann@example.com");
  await other.getByRole("textbox", { name: "Password" }).fill(FRESH);
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("banner")).toBeVisible();
  await page.goto("/console/account");
  await page.getByRole("button", { name: /^Sign out there/ }).click();
  await expect(page.getByText("That session has ended.")).toBeVisible();
  await other.reload();
  await expect(other.getByRole("heading", { name: "Sign in to Trunkline" })).toBeVisible();
  await context.close();
});
