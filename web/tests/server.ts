import { expect } from "@playwright/test";
import { EMAIL } from "./support";

const SERVER = process.env["CONSOLE_URL"] ?? "http://127.0.0.1:8700";
const PASSWORD = process.env["CONSOLE_PASSWORD"] ?? "";

let token = "";

/** Asks the server's API as the owner: what a story needs to be there before somebody looks. `workspaceId`: where, if not in the personal one. */
export async function ask<Answer = Record<string, string>>(method: string, path: string, body?: unknown, workspaceId = ""): Promise<Answer> {
  if (token === "") token = (await askAsStranger("POST", "/api/auth/login", { email: EMAIL, password: PASSWORD }))["accessToken"] ?? "";
  const headers = { authorization: `Bearer ${token}`, ...(workspaceId === "" ? {} : { "x-trunkline-workspace": workspaceId }) };
  return send(method, path, body, headers);
}

/** Asks it as somebody who is not signed in. */
export async function askAsStranger(method: string, path: string, body: unknown): Promise<Record<string, string>> {
  return send(method, path, body, {});
}

async function send<Answer>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const answer = await fetch(SERVER + path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
  return (text === "" ? {} : JSON.parse(text)) as Answer;
}

/** An API key that programs call with. */
export async function makeKey(name: string, more: object = {}): Promise<string> {
  return (await ask("POST", "/api/keys", { name, ...more }))["key"] ?? "";
}

/** One call of a program. Its status. */
export async function call(key: string, model: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${SERVER}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "say hello" }] }),
  });
  await answer.text();
  return answer.status;
}
