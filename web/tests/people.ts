import { ask, askAsStranger } from "./server";
import { PASSWORD } from "./support";

export const ROLES = ["owner", "admin", "member", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** A shared workspace with a person of each role, all with the same password. Its id, and the address of each person. */
export async function makeTeam(name: string): Promise<{ id: string; emails: Record<Role, string> }> {
  const { id = "" } = await ask("POST", "/api/workspaces", { name });
  const emails = Object.fromEntries(ROLES.map((role) => [role, `${role}@${id}.example.com`])) as Record<Role, string>;
  for (const role of ROLES) {
    const { token } = await ask("POST", `/api/workspaces/${id}/invitations`, { email: emails[role], role });
    await askAsStranger("POST", "/api/auth/invitations/accept", { token, name: role, password: PASSWORD });
  }
  return { id, emails };
}
