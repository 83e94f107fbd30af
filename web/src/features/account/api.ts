import { queryOptions } from "@tanstack/react-query";
import { TrunklineError } from "@trunkline/client";
import { clientFor } from "@/shared/api/client";
import { askAsStranger, enter } from "@/shared/api/entry";
import { forget } from "@/shared/api/session";
import { readPreference } from "@/shared/preference";

const NOT_A_MEMBER = 404;

async function readMe() {
  const last = readPreference("workspace", "");
  try {
    if (last !== "") return await clientFor(last).get("/api/auth/me");
  } catch (error) {
    if (!(error instanceof TrunklineError) || error.status !== NOT_A_MEMBER) throw error;
  }
  return clientFor().get("/api/auth/me");
}

/** Who is signed in, their workspaces, and what they may do in the one that they were in last; else in their personal one. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: readMe,
  staleTime: 60_000,
});

/** What one may do in another workspace. */
export const permissionsQuery = (workspaceId: string) =>
  queryOptions({
    queryKey: ["me", workspaceId],
    queryFn: async () => (await clientFor(workspaceId).get("/api/auth/me")).actor,
    staleTime: 60_000,
  });

/** What a stranger may do here. */
export const optionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: async () => (await askAsStranger("GET", "/api/auth/options")) as SignInOptions,
});

/** What {@link optionsQuery} gives. `signOn` are the identity providers by which one may sign in. */
interface SignInOptions {
  signup: boolean;
  passwordReset: boolean;
  setUp: boolean;
  passwordSignIn: "everyone" | "administrators";
  signOn: { slug: string; name: string }[];
}

/** Where one is signed in. */
export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: () => clientFor().get("/api/auth/sessions", { query: { limit: 100 } }),
});

/** Sign in. Throws TrunklineError. */
export const signIn = (given: { email: string; password: string }) => enter("/api/auth/login", given);

/** Make an account, where that is open to strangers. */
export const signUp = (given: { email: string; password: string; name: string }) => enter("/api/auth/signup", given);

/** Have a link to a new password sent. */
export const forgetPassword = (given: { email: string }) => askAsStranger("POST", "/api/auth/password/forgot", given);

/** Set a new password by the token of that link. */
export const resetPassword = (given: { token: string; password: string }) => enter("/api/auth/password/reset", given);

/** Replace one's password; all other sessions end. */
export const changePassword = (given: { currentPassword: string; newPassword: string }) => clientFor().post("/api/auth/password", { body: given });

/** End one of one's sessions. */
export const endSession = (id: string) => clientFor().delete("/api/auth/sessions/{session_id}", { path: { session_id: id } });

/** Sign out here and in all tabs; `everywhere`: on all devices. */
export async function signOut(everywhere = false): Promise<void> {
  try {
    await clientFor().post("/api/auth/logout", { body: { everywhere } });
  } catch (error) {
    // Who is signed out already is signed out.
    if (!(error instanceof TrunklineError) || error.status !== 401) throw error;
  } finally {
    forget();
  }
}

/** What {@link meQuery} gives. */
export type Me = Awaited<ReturnType<typeof readMe>>;
export type OwnSession = Awaited<ReturnType<NonNullable<typeof sessionsQuery.queryFn>>>[number];
