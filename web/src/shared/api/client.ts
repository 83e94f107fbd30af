import { TrunklineClient } from "@trunkline/client";
import { SERVER } from "./address";
import { tellReachable } from "./connection";
import { accessToken } from "./session";

/** Asks as whoever is signed in, and once more with a new token where the first was refused. */
async function ask(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const used = await accessToken();
  const answer = await send(input, init, used);
  if (answer.status !== 401 || used === null) return answer;
  const next = await accessToken(used);
  return next === null ? answer : send(input, init, next);
}

async function send(input: RequestInfo | URL, init: RequestInit, token: string | null): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token === null) headers.delete("authorization");
  else headers.set("authorization", `Bearer ${token}`);
  try {
    const answer = await fetch(input, { ...init, headers, credentials: "same-origin" });
    // A proxy says by a page of its own that there is no server behind it.
    tellReachable(![502, 504].includes(answer.status) || answer.headers.get("content-type")?.includes("json") === true);
    return answer;
  } catch (error) {
    if (!init.signal?.aborted) tellReachable(false);
    throw error;
  }
}

/** Calls a model as a program would, with the session in place of an API key. The answer is given as it came. */
export function callModel(workspaceId: string, path: string, body: object | FormData, signal: AbortSignal): Promise<Response> {
  const headers = new Headers({ "x-trunkline-workspace": workspaceId });
  if (!(body instanceof FormData)) headers.set("content-type", "application/json");
  return ask(SERVER + path, { method: "POST", headers, body: body instanceof FormData ? body : JSON.stringify(body), signal });
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
