import { TrunklineClient } from "@trunkline/client";
import { SERVER } from "./address";
import { accessToken } from "./session";

/** Asks as whoever is signed in, and once more with a new token where the first was refused. */
async function ask(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const used = await accessToken();
  const answer = await send(input, init, used);
  if (answer.status !== 401 || used === null) return answer;
  const next = await accessToken(used);
  return next === null ? answer : send(input, init, next);
}

function send(input: RequestInfo | URL, init: RequestInit, token: string | null): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token === null) headers.delete("authorization");
  else headers.set("authorization", `Bearer ${token}`);
  return fetch(input, { ...init, headers, credentials: "same-origin" });
}

const clients = new Map<string, TrunklineClient>();

/** The client for calls in a workspace; without one in the personal workspace. */
export function clientFor(workspaceId?: string): TrunklineClient {
  const key = workspaceId ?? "";
  let client = clients.get(key);
  if (client === undefined) {
    // The key is set for each request: see `ask`.
    client = new TrunklineClient({ apiKey: "session", baseUrl: SERVER, fetch: ask, ...(workspaceId ? { workspaceId } : {}) });
    clients.set(key, client);
  }
  return client;
}
