// Where the server is, which the test that runs these tells.

import { TrunklineClient } from "@trunkline/client";

function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these through pytest`);
  return value;
}

export const baseUrl = told("TRUNKLINE_URL");
/** An API key with the scope `manage`, of the installation's administrator. */
export const apiKey = told("TRUNKLINE_KEY");
/** An access token of the same person. */
export const accessToken = told("TRUNKLINE_ACCESS_TOKEN");
/** An imitation of OpenAI on this machine, with the key that it takes. */
export const upstream = { url: told("TRUNKLINE_UPSTREAM"), key: told("TRUNKLINE_UPSTREAM_KEY") };

export const client = new TrunklineClient({ apiKey, baseUrl });
export const person = new TrunklineClient({ apiKey: accessToken, baseUrl });

/** Who the person is, and their own workspace. */
export async function whoAmI(): Promise<{ userId: string; workspaceId: string }> {
  const me = await person.get("/api/auth/me");
  const personal = me.workspaces.find((workspace) => workspace.personal);
  if (!personal) throw new Error("nobody is without a personal workspace");
  return { userId: me.user.id, workspaceId: personal.id };
}
