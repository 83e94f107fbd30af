import { queryOptions } from "@tanstack/react-query";
import { TrunklineError } from "@trunkline/client";
import { address } from "@/shared/api/address";
import { clientFor } from "@/shared/api/client";
import { begin, forget } from "@/shared/api/session";

const readMe = () => clientFor().get("/api/auth/me");

/** Who is signed in, and their workspaces. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: readMe,
  staleTime: 60_000,
});

/** What one may do in a workspace. */
export const permissionsQuery = (workspaceId: string) =>
  queryOptions({
    queryKey: ["me", workspaceId],
    queryFn: async () => (await clientFor(workspaceId).get("/api/auth/me")).actor,
    staleTime: 60_000,
  });

/** Sign in. Throws TrunklineError. */
export async function signIn(given: { email: string; password: string }): Promise<void> {
  // Not by the client, which would ask for a session first.
  const answer = await fetch(address("/api/auth/login"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...given, cookie: true }),
  });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new TrunklineError(answer.status, body, answer.headers);
  begin(body as { accessToken: string; expiresIn: number });
}

/** Sign out here and in all tabs; `everywhere`: on all devices. */
export async function signOut(everywhere = false): Promise<void> {
  try {
    await clientFor().post("/api/auth/logout", { body: { everywhere } });
  } finally {
    forget();
  }
}

/** What {@link meQuery} gives. */
export type Me = Awaited<ReturnType<typeof readMe>>;
