import { Portal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { meQuery, permissionsQuery } from "@/features/account/api";
import { usePreference } from "@/shared/preference";
import { Problem } from "@/shared/ui/Problem";
import { WorkspaceScope } from "@/shared/workspace";
import { Shell } from "./shell/Shell";
import { texts } from "./shell/texts";
import classes from "./Guard.module.css";
import { useStanding } from "./useStanding";

const SignInPage = lazy(() => import("@/features/account/pages/SignInPage").then((module) => ({ default: module.SignInPage })));

/**
 * The shell for who is signed in, the sign-in page for others. When a session ends by itself, the sign-in page lies over the
 * shell, so that what was typed is there when the same person is back.
 */
export function Guard() {
  const { standing, failure, ask, epoch } = useStanding();
  if (failure !== null && standing === "unknown") return <Problem error={failure} retry={ask} />;
  if (standing === "unknown") return null;
  if (standing === "out") {
    return (
      <Suspense>
        <SignInPage done={ask} />
      </Suspense>
    );
  }
  const lost = standing === "lost";
  return (
    <>
      <div key={epoch} inert={lost}>
        <SignedIn />
      </div>
      {lost ? (
        <Portal>
          <div className={classes.over}>
            <Suspense>
              <SignInPage note={texts.sessionLost} done={() => undefined} />
            </Suspense>
          </div>
        </Portal>
      ) : null}
    </>
  );
}

function SignedIn() {
  const me = useQuery(meQuery);
  const [wanted, setWanted] = usePreference("workspace", "");
  const workspaces = me.data?.workspaces ?? [];
  const workspace = workspaces.find((each) => each.id === wanted) ?? workspaces.find((each) => each.personal) ?? workspaces[0];
  const told = me.data?.actor.workspaceId === workspace?.id;
  const permissions = useQuery({ ...permissionsQuery(workspace?.id ?? ""), enabled: workspace !== undefined && !told });
  const actor = told ? me.data?.actor : permissions.data;
  const failed = [me, permissions].find((query) => query.isError && query.data === undefined);
  if (me.data !== undefined && workspace === undefined) return <Problem error={new Error(texts.noWorkspace)} />;
  if (me.data === undefined || workspace === undefined || actor === undefined) {
    return failed === undefined ? null : <Problem error={failed.error} retry={() => void failed.refetch()} />;
  }
  return (
    <WorkspaceScope id={workspace.id} role={actor.role} userId={me.data.user.id} may={actor.may}>
      <Shell me={me.data} onWorkspace={setWanted} />
    </WorkspaceScope>
  );
}
