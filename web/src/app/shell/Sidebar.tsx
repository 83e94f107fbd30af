import type { Me } from "@/features/account/api";
import { AccountMenu } from "./AccountMenu";
import { Navigation } from "./Navigation";
import { WorkspaceSwitcher } from "./WorkspaceSwitcher";

/** The workspace, the pages and the account. `onGo` is called when a page is chosen. */
export function Sidebar({ me, onWorkspace, onGo }: { me: Me; onWorkspace: (id: string) => void; onGo?: () => void }) {
  return (
    <>
      <WorkspaceSwitcher workspaces={me.workspaces} onChange={onWorkspace} />
      <Navigation {...(onGo === undefined ? {} : { onGo })} />
      <AccountMenu user={me.user} />
    </>
  );
}
