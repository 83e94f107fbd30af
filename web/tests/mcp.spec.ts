import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "@playwright/test";
import { ask, makeKey } from "./server";
import { everyLook, look, signIn, watch } from "./support";

/** The reference SDK's server, which tells where it is on its first line. */
let reference: ChildProcess;
let url = "";

test.beforeAll(async () => {
  reference = spawn(process.env["PYTHON"] ?? "../.venv/bin/python", ["-m", "tests.contract.mcp.upstream"], { cwd: "..", stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(reference.stdout!, "data")) as [Buffer];
  url = String(line).trim();
});

test.afterAll(() => {
  reference.kill();
});

/** Asks for its tools through Trunkline, as a program does. */
async function listTools(key: string): Promise<{ status: number; text: string }> {
  const [version, method] = ["2026-07-28", "tools/list"];
  const meta = { "io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {} };
  const answer = await fetch(`${process.env["CONSOLE_URL"]}/mcp/weather`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", accept: "application/json, text/event-stream", "mcp-protocol-version": version, "mcp-method": method },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { _meta: meta } }),
  });
  return { status: answer.status, text: await answer.text() };
}

test("a server is registered, tested, narrowed to a key and its tools, connected and deleted", async ({ page }) => {
  const [one, other] = [await makeKey("Desk"), await makeKey("Shop")];
  const seen = watch(page);
  await signIn(page, "/console/mcp-servers");
  await expect(page.getByRole("heading", { name: "No MCP server yet" })).toBeVisible();
  await page.getByRole("button", { name: "New MCP server" }).click();
  const form = page.getByRole("dialog", { name: "New MCP server" });
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("The weather");
  await form.getByRole("button", { name: "Register the server" }).click();
  await expect(form.getByText("1 to 64 small letters, digits and hyphens, such as issue-tracker.")).toBeVisible();
  await expect(form.getByText("Enter the address, beginning with https://.")).toBeVisible();
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("weather");
  await form.getByRole("textbox", { name: "Address of the server" }).fill(url);
  await form.getByText("Headers", { exact: true }).click();
  await form.getByLabel("Value of header 1").fill("Bearer a-long-secret-value");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/mcp-servers"));
  await form.getByRole("button", { name: "Register the server" }).click();
  expect((await sent).postData()).toMatch(/"Authorization":"tl1\./);
  await expect(page.getByText("Saved. Programs reach it at /mcp/weather.")).toBeVisible();
  const row = page.getByRole("row", { name: /weather/ });
  await expect(row).toContainText("every key and user");

  const open = async (action: string) => {
    await row.getByRole("button", { name: "Actions for the MCP server weather" }).click();
    await page.getByRole("menuitem", { name: action }).click();
  };
  await open("Test");
  const testing = page.getByRole("dialog", { name: "Test of weather" });
  await expect(testing.getByText("It answers, with 3 tools")).toBeVisible();
  await expect(testing.getByRole("list", { name: "Its tools" })).toContainText("Tell the weather.");
  await page.keyboard.press("Escape");
  expect((await listTools(other)).text).toContain("flood");

  await open("Edit");
  const editing = page.getByRole("dialog", { name: "Edit “weather”" });
  await expect(editing.getByLabel("Value of header 1")).toHaveAttribute("placeholder", "…alue stays");
  await editing.getByText("Only these", { exact: true }).click();
  await editing.getByRole("combobox", { name: "Tools that can be called" }).click();
  await page.getByRole("option", { name: "forecast" }).click();
  await page.getByRole("option", { name: "count" }).click();
  await page.keyboard.press("Escape");
  await editing.getByText("Only these API keys").click();
  await editing.getByRole("button", { name: "Another key" }).click();
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(editing.getByText("Choose a key.")).toBeVisible();
  await editing.getByRole("combobox", { name: "Key 1", exact: true }).click();
  await page.getByRole("option", { name: /^Desk/ }).click();
  await editing.getByRole("combobox", { name: "Tools of key 1" }).fill("forecast");
  await page.keyboard.press("Enter");
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("2 tools");
  await expect(row).toContainText("1 key");
  // On a phone the row is a card with the same facts.
  await page.setViewportSize({ width: 375, height: 800 });
  for (const fact of ["headers", "2 tools", "1 key"]) await expect(row.getByText(fact)).toBeVisible();
  await page.setViewportSize({ width: 1280, height: 720 });

  const told = await listTools(one);
  expect(told.text).toContain("forecast");
  expect(told.text).not.toContain("count");
  expect((await listTools(other)).status).toBe(404);

  await open("Connect a program");
  const connecting = page.getByRole("dialog", { name: "Connect a program to weather" });
  await expect(connecting.getByRole("region", { name: "Address" })).toHaveText(`${process.env["CONSOLE_URL"]}/mcp/weather`);
  await connecting.getByRole("tab", { name: "Cursor" }).click();
  await expect(connecting.getByRole("region", { name: "Cursor" })).toContainText("${env:TRUNKLINE_API_KEY}");
  await page.keyboard.press("Escape");

  await open("Delete");
  await page.getByRole("dialog", { name: "Delete the MCP server “weather”?" }).getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "No MCP server yet" })).toBeVisible();
  expect((await listTools(one)).status).toBe(404);
  expect(seen.complaints).toEqual([]);
});

test("what the server finds wrong stands at its field, and a test says why it failed", async ({ page }) => {
  await ask("POST", "/api/mcp-servers", { name: "closed", url: "http://127.0.0.1:9/mcp" });
  await signIn(page, "/console/mcp-servers");
  await page.getByRole("button", { name: "New MCP server" }).click();
  const form = page.getByRole("dialog", { name: "New MCP server" });
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("metadata");
  await form.getByRole("textbox", { name: "Address of the server" }).fill("http://169.254.169.254/mcp");
  await form.getByText("Headers", { exact: true }).click();
  await form.getByLabel("Name of header 1").fill("Host");
  await form.getByLabel("Value of header 1").fill("x");
  await form.getByRole("button", { name: "Register the server" }).click();
  await expect(form.getByText(/Name an address that is public/)).toBeVisible();
  await form.getByRole("textbox", { name: "Address of the server" }).fill(url);
  await form.getByRole("button", { name: "Register the server" }).click();
  await expect(form.getByLabel("Value of header 1")).toHaveAttribute("aria-invalid", "true");
  await form.getByRole("button", { name: "Cancel" }).click();
  await form.getByRole("button", { name: "Discard" }).click();

  await page.getByRole("button", { name: "Actions for the MCP server closed" }).click();
  await page.getByRole("menuitem", { name: "Test" }).click();
  const testing = page.getByRole("dialog", { name: "Test of closed" });
  await expect(testing.getByText("It failed")).toBeVisible();
  await expect(testing.getByText(/closed/).last()).toBeVisible();
});

everyLook("MCP servers", async (page, info) => {
  const oauth = { auth: "oauth", tokenUrl: "https://login.example.com/oauth/token", clientId: "trunkline", clientSecret: "a-secret-of-the-tracker-x7Qd" };
  await ask("POST", "/api/mcp-servers", { name: "issue-tracker", url: "https://issues.example.com/a/long/path/of/an/mcp/server", tools: ["search", "read"], keys: [], ...oauth });
  await ask("POST", "/api/mcp-servers", { name: "forecasts", url, enabled: false });
  await signIn(page, "/console/mcp-servers");
  await expect(page.getByRole("row", { name: /issue-tracker/ })).toBeVisible();
  await look(page, info, "mcp-servers");
  const open = async (name: string, action: string) => {
    await page.getByRole("button", { name: `Actions for the MCP server ${name}` }).click();
    await page.getByRole("menuitem", { name: action }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  };
  await open("issue-tracker", "Edit");
  await look(page, info, "mcp-server-form");
  await page.getByRole("button", { name: "Cancel" }).click();
  await open("forecasts", "Test");
  await expect(page.getByText("It answers, with 3 tools")).toBeVisible();
  await look(page, info, "mcp-server-test");
  await page.keyboard.press("Escape");
  await open("forecasts", "Connect a program");
  await look(page, info, "mcp-server-connect");
});
