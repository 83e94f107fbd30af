import { TrunklineError } from "@trunkline/client";
import { address } from "./address";
import { begin, type Told } from "./session";

/** Asks without a session, as strangers do. Throws TrunklineError. */
export async function askAsStranger(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
  // Not by the client, which would ask for a session first.
  const answer = await fetch(address(path), {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const told: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new TrunklineError(answer.status, told, answer.headers);
  return told;
}

/** Sends what begins a session, and keeps it in this browser. */
export async function enter(path: string, body: object): Promise<void> {
  begin((await askAsStranger("POST", path, { ...body, cookie: true })) as Told);
}
