import { defineConfig } from "@playwright/test";

/** The stories run against a real server, which `tests/e2e/test_console.py` starts and names here. */
export default defineConfig({
  testDir: "tests",
  outputDir: process.env["CONSOLE_PICTURES"] ?? "node_modules/.pictures",
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env["CONSOLE_URL"] ?? "http://127.0.0.1:8700",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    launchOptions: { executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
  },
});
