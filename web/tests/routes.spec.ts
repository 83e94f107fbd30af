import { expect, test } from "@playwright/test";
import { ask, makeConfiguration } from "./installation";
import { everyLook, look, signIn } from "./support";

test("a route is made with weights, a fallback, a condition and caching, and changed", async ({ page, request }) => {
  for (const name of ["first", "second", "spare"]) await makeConfiguration(request, name, { shared: true });
  await signIn(page, "/console/routes/new");
  await page.getByRole("button", { name: "Make the route" }).click();
  await expect(page.getByText("Give it a name.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("chat");
  await page.getByRole("combobox", { name: "Strategy" }).click();
  await page.getByRole("option", { name: "By weight" }).click();
  const target = (number: number) => page.getByRole("group", { name: `Target ${number}` });
  const choose = async (number: number, name: string) => {
    await target(number).getByRole("combobox", { name: "Configuration" }).click();
    await page.getByRole("option", { name, exact: true }).click();
  };
  await choose(1, "first");
  await target(1).getByLabel("Weight").fill("3");
  await page.getByRole("button", { name: "Add a target" }).click();
  await choose(2, "second");
  await expect(target(1)).toContainText("75% of the calls");
  await page.getByRole("button", { name: "Add a fallback" }).click();
  await choose(3, "spare");
  await target(2).getByRole("button", { name: "Conditions" }).click();
  await target(2).getByLabel("At most, input tokens").fill("1000");
  await page.getByRole("switch", { name: "Keep responses" }).click();
  await page.getByRole("button", { name: "Make the route" }).click();
  await page.getByRole("link", { name: "chat", exact: true }).click();
  await expect(page.getByLabel("Weight").first()).toHaveValue("3");
  await expect(target(3).getByRole("combobox", { name: "Serves" })).toHaveValue("When those before cannot");
  await page.getByLabel("Name", { exact: true }).fill("chat for all");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The route chat for all is saved.")).toBeVisible();
});

test("a route has hedging and every condition, a history with what changed, and a way back", async ({ page, request }) => {
  const id = await makeConfiguration(request, "vectors", { shared: true });
  const made = await ask(request, "POST", "/api/routes", { name: "embed", targets: [{ configurationId: id }] });
  await signIn(page, `/console/routes/${made["id"]}`);
  await page.getByRole("combobox", { name: /Ask the next target/ }).click();
  await page.getByRole("option", { name: "After a time" }).click();
  await page.getByLabel("After how many milliseconds").fill("250");
  const target = page.getByRole("group", { name: "Target 1" });
  await target.getByRole("button", { name: "Conditions" }).click();
  await target.getByRole("combobox", { name: "Metadata" }).fill("team");
  await target.getByLabel("From", { exact: true }).fill("08:00");
  await target.getByLabel("Until").fill("18:00");
  await target.getByRole("combobox", { name: "On days" }).click();
  await page.getByRole("option", { name: "Monday" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(target.getByText("Write each as name=value.")).toBeVisible();
  await target.getByRole("combobox", { name: "Metadata" }).press("Backspace");
  await target.getByRole("combobox", { name: "Metadata" }).fill("team=a");
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByRole("tab", { name: "Settings" }).click();
  await expect(page.getByLabel("After how many milliseconds")).toHaveValue("250");
  await page.getByLabel("Why, for the history").fill("Vectors are slow");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The route embed is saved.")).toBeVisible();
  await expect(target.getByRole("button", { name: "Conditions" })).toHaveAttribute("aria-expanded", "false");
  const saved = (await ask(request, "GET", `/api/routes/${made["id"]}`)) as unknown as { hedging: object; targets: { conditions: object }[] };
  expect(saved.hedging).toEqual({ afterMs: 250 });
  expect(saved.targets[0]?.conditions).toMatchObject({ metadata: { team: "a" }, hours: { start: "08:00", end: "18:00", timeZone: "Europe/Berlin", days: ["monday"] } });
  await page.getByRole("tab", { name: "History" }).click();
  const second = page.getByRole("region", { name: "Revision 2" });
  await expect(second).toContainText("Vectors are slow");
  await expect(second.getByRole("row", { name: /^targets.0.conditions.metadata.team/ })).toBeVisible();
  await page.getByRole("region", { name: "Revision 1" }).getByRole("button", { name: "Go back to this" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Go back to this" }).click();
  await expect(page.getByRole("region", { name: "Revision 3" })).toContainText("current");
  await page.getByRole("tab", { name: "Settings" }).click();
  await expect(page.getByRole("combobox", { name: /Ask the next target/ })).toHaveValue("Never");
});

test("who saves over a route that somebody changed sees both sides, and keeps what was typed", async ({ page, request }) => {
  const id = await makeConfiguration(request, "both", { shared: true });
  const made = await ask(request, "POST", "/api/routes", { name: "sides", strategy: "weighted", targets: [{ configurationId: id, weight: 2 }] });
  await signIn(page, `/console/routes/${made["id"]}`);
  await page.getByLabel("Weight").fill("7");
  await ask(request, "PUT", `/api/routes/${made["id"]}`, { strategy: "cheapest" });
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Somebody changed it meanwhile" });
  await expect(dialog.getByRole("region", { name: "Theirs" })).toContainText("cheapest");
  await expect(dialog.getByRole("region", { name: "Yours" }).getByRole("row", { name: "targets.0.weight 2 7" })).toBeVisible();
  await dialog.getByRole("button", { name: "Save mine over theirs" }).click();
  await expect(page.getByText("The route sides is saved.")).toBeVisible();
  await expect(page.getByLabel("Weight")).toHaveValue("7");
});

test("the catalogue filters, compares four, and leads to the wizard", async ({ page, request }) => {
  await makeConfiguration(request, "openrouter", { provider: "openrouter", model: "openai/gpt-4o-mini", apiKey: "sk-or-v1-0123456789" });
  await signIn(page, "/console/models");
  await expect(page.getByText(/of .* models/)).toBeVisible();
  await page.getByLabel("Name or provider").fill("gpt-4o-mini");
  await expect(page).toHaveURL(/q=gpt-4o-mini/);
  await expect(page.getByRole("row", { name: /openai\/gpt-4o-mini/ }).first()).toContainText("$0.15");
  await page.getByLabel("Name or provider").fill("gpt-4");
  for (const box of [0, 1, 2, 3]) await page.getByRole("checkbox").nth(box).check();
  await expect(page.getByRole("checkbox").nth(4)).toBeDisabled();
  await page.getByRole("button", { name: "Compare 4" }).click();
  await expect(page.getByRole("dialog", { name: "Side by side" }).getByRole("row", { name: /Context, tokens/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Use it: openai/gpt-4o-mini", exact: true }).click();
  await page.getByRole("menuitem", { name: "New feature" }).click();
  await expect(page.getByRole("dialog", { name: "New feature" }).getByRole("combobox", { name: "Model" })).toHaveValue("openai/gpt-4o-mini");
  await page.goBack();
  await page.getByRole("button", { name: "Use it: openai/gpt-4o-mini", exact: true }).click();
  await page.getByRole("menuitem", { name: "New configuration" }).click();
  await expect(page.getByLabel("OpenRouter key")).toBeVisible();
  await expect(page).toHaveURL(/model=openai/);
});

test("ten thousand models scroll without a long task", async ({ page, request }) => {
  await makeConfiguration(request, "many", { provider: "openrouter", model: "m", apiKey: "sk-or-v1-0123456789" });
  const models = Array.from({ length: 10_000 }, (_, index) => ({
    id: `maker/model-${index}`, name: `Model ${index}`, ownedBy: null, description: null, contextLength: index, maxOutputTokens: null,
    inputModalities: ["text"], outputModalities: ["text"], capabilities: ["text", "tools"], pricing: { prompt: "0.000001", completion: "0.000002" }, created: 1_760_000_000, version: null, details: {},
  }));
  await page.route("**/api/providers/openrouter/models", (route) =>
    route.fulfill({ json: { provider: "openrouter", source: "live", models, problem: null, cached: false, stale: false, fetchedAt: null, ageSeconds: 0 } }),
  );
  await signIn(page, "/console/models");
  await expect(page.getByText(/10,\d\d\d of 10,\d\d\d models/)).toBeVisible();
  const frame = page.getByRole("group", { name: "Models" });
  const longest = await frame.evaluate(async (element) => {
    const seen: number[] = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ type: "longtask" });
    for (let at = 0; at <= element.scrollHeight; at += element.scrollHeight / 60) {
      element.scrollTop = at;
      await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    }
    element.scrollTop = element.scrollHeight;
    observer.disconnect();
    return { longest: Math.max(0, ...seen), rows: element.querySelectorAll("tbody tr").length };
  });
  expect(longest.rows).toBeLessThan(80);
  test.info().annotations.push({ type: "longest task, ms", description: String(longest.longest) });
  await expect(page.getByText("maker/model-9999")).toBeVisible();
});

everyLook("routes", async (page, info) => {
  await signIn(page, "/console/routes");
  await expect(page.getByRole("heading", { name: "Routes" })).toBeVisible();
  const id = await makeConfiguration(page.request, "target", { shared: true });
  const made = await ask(page.request, "POST", "/api/routes", { name: "looked at", strategy: "weighted", targets: [{ configurationId: id, weight: 2 }] });
  await page.goto("/console/routes");
  await expect(page.getByRole("link", { name: "looked at" })).toBeVisible();
  await look(page, info, "routes");
  await page.goto(`/console/routes/${made["id"]}`);
  await expect(page.getByText("100% of the calls")).toBeVisible();
  await page.getByRole("button", { name: "Conditions of the whole route" }).click();
  await expect(page.getByRole("combobox", { name: "All other calls go to" })).toBeVisible();
  await look(page, info, "route");
  await page.goto(`/console/routes/${made["id"]}?tab=history`);
  await expect(page.getByRole("region", { name: "Revision 1" })).toBeVisible();
  await look(page, info, "route-history");
  await page.goto("/console/models");
  await expect(page.getByText("demo-chat", { exact: true })).toBeVisible();
  await look(page, info, "catalogue");
});
