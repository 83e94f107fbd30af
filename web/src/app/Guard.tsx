import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { meQuery, permissionsQuery } from "@/features/account/api";
import { accessToken, onSession } from "@/shared/api/session";
import { usePreference } from "@/shared/preference";
import { Problem } from "@/shared/ui/Problem";
import { WorkspaceScope } from "@/shared/workspace";
import { Shell } from "./shell/Shell";
import { texts } from "./shell/texts";

const SignInPage = lazy(() => import("@/features/account/pages/SignInPage").then((module) => ({ default: module.SignInPage })));

/** The shell for who is signed in, the sign-in page for others. What was typed before stays where it is. */
export function Guard() {
  const queries = useQueryClient();
  const [signedIn, setSignedIn] = useState<boolean | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [tries, setTries] = useState(0);

  useEffect(() => onSession(setSignedIn), []);
  useEffect(() => {
    accessToken().then((token) => setSignedIn(token !== null), setFailure);
  }, [tries]);
  useEffect(() => {
    if (signedIn === false) queries.clear();
  }, [signedIn, queries]);

  if (failure !== null && signedIn === null) {
    return (
      <Problem
        error={failure}
        retry={() => {
          setFailure(null);
          setTries(tries + 1);
        }}
      />
    );
  }
  if (signedIn === null) return null;
  if (signedIn) return <SignedIn />;
  return (
    <Suspense>
      <SignInPage done={() => setSignedIn(true)} />
    </Suspense>
  );
}

function SignedIn() {
  const me = useQuery(meQuery);
  const [wanted, setWanted] = usePreference("workspace", "");
  const workspaces = me.data?.workspaces ?? [];
  const workspace = workspaces.find((each) => each.id === wanted) ?? workspaces.find((each) => each.personal) ?? workspaces[0];
  // Asked at the same time, where one was here before.
  const id = me.data === undefined ? wanted : (workspace?.id ?? "");
  const permissions = useQuery({ ...permissionsQuery(id), enabled: id !== "" });
  const failed = [me, permissions].find((query) => query.isError && query.data === undefined);
  if (me.data !== undefined && workspace === undefined) return <Problem error={new Error(texts.noWorkspace)} />;
  if (me.data === undefined || workspace === undefined || permissions.data === undefined) {
    return failed === undefined ? null : <Problem error={failed.error} retry={() => void failed.refetch()} />;
  }
  return (
    <WorkspaceScope id={workspace.id} role={permissions.data.role} userId={me.data.user.id} may={permissions.data.may}>
      <Shell me={me.data} onWorkspace={setWanted} />
    </WorkspaceScope>
  );
}
