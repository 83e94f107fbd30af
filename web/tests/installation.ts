import type { APIRequestContext } from "@playwright/test";
import { EMAIL } from "./support";

/** Asks the API as the owner, for what a story needs before it begins. Gives the JSON of the answer. */
export async function ask(request: APIRequestContext, method: string, path: string, data?: object): Promise<Record<string, string>> {
  const password = process.env["CONSOLE_PASSWORD"] ?? "";
  const login = await request.post("/api/auth/login", { data: { email: EMAIL, password } });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const answer = await request.fetch(path, { method, headers: { authorization: `Bearer ${accessToken}` }, ...(data === undefined ? {} : { data }) });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as Record<string, string>;
}

/** Makes a configuration of the demo provider, or what `fields` say. Gives its id. */
export async function makeConfiguration(request: APIRequestContext, name: string, fields: object = {}): Promise<string> {
  const made = await ask(request, "POST", "/api/configurations", { name, provider: "demo", model: "demo-chat", ...fields });
  return made["id"] ?? "";
}
