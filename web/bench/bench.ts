import { chromium, type Browser, type Page } from "@playwright/test";
import { startUpstream } from "./upstream.ts";

/** What `python -m bench.console` has filled and started. */
export interface Asked {
  url: string;
  pid: number;
  email: string;
  password: string;
  workspace: string;
  parts: string[];
  only: string;
}

/** A browser in which the owner is signed in, and a provider that its workspace reaches by the name `bench`. */
export interface Bench {
  url: string;
  /** Of the server. */
  pid: number;
  browser: Browser;
  page: Page;
  /** Asks the API as the owner. */
  ask: <Answer>(method: string, path: string, body?: object) => Promise<Answer>;
  /** Prints a line of figures. */
  say: (line: object) => void;
}

async function ask<Answer>(asked: Asked, method: string, path: string, body?: object, token = ""): Promise<Answer> {
  const headers = { "content-type": "application/json", "x-trunkline-workspace": asked.workspace, ...(token === "" ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(asked.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

/** Starts all of that. */
export async function open(asked: Asked): Promise<Bench> {
  const { url, pid, email, password, workspace } = asked;
  const upstream = await startUpstream();
  const { accessToken } = await ask<{ accessToken: string }>(asked, "POST", "/api/auth/login", { email, password });
  const configuration = { name: "bench", provider: "openrouter", model: "maker-0/model-00000", baseUrl: upstream, apiKey: "sk-or-v1-bench" };
  await ask(asked, "POST", "/api/configurations", configuration, accessToken);
  const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript((id) => localStorage.setItem("trunkline.workspace", JSON.stringify(id)), workspace);
  await page.goto(`${url}/console/`);
  await page.getByLabel("Email").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("banner").waitFor();
  return { url, pid, browser, page, ask: (...given) => ask(asked, given[0], given[1], given[2], accessToken), say: (line) => console.log(JSON.stringify(line)) };
}
