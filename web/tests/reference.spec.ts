import { expect, test } from "@playwright/test";
import { everyLook, look, watch } from "./support";

everyLook("the API reference looks like the console", async (page, info) => {
  const seen = watch(page);
  await page.goto("/docs");
  await expect(page.getByRole("heading", { name: "API reference" })).toBeVisible();
  await page.getByRole("navigation", { name: "Groups" }).getByRole("link", { name: "Keys" }).click();
  await expect(page).toHaveURL(/#group-keys$/);
  await page.screenshot({ path: info.outputPath("reference-whole.png") });
  await page.getByRole("searchbox", { name: "Search" }).fill("post /api/keys");
  await page.getByText("Make a key", { exact: true }).click();
  await expect(page.getByRole("table", { name: "Request body" })).toBeVisible();
  await look(page, info, "reference");
  const fonts = await page.evaluate(async () => {
    await document.fonts.ready;
    return [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family.replaceAll('"', ""));
  });
  expect(fonts.toSorted()).toEqual(["Inter Variable", "JetBrains Mono Variable"]);
  expect([...seen.origins]).toEqual([new URL(page.url()).origin]);
  expect(seen.complaints).toEqual([]);
});

test("on a phone nothing of it is wider than the window", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 900 });
  await page.goto("/docs");
  await expect(page.getByRole("heading", { name: "Keys" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
});

test("the look that was chosen in the console holds for the API reference", async ({ page }) => {
  await page.goto("/docs");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.evaluate(() => localStorage.setItem("mantine-color-scheme-value", "dark"));
  await page.reload();
  expect(await background()).not.toBe(before);
});
