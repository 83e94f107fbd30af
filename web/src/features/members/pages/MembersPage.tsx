import { Box, Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { MorePages } from "@/shared/ui/MorePages";
import { PageHeader } from "@/shared/ui/PageHeader";
import { PageTabs } from "@/shared/ui/PageTabs";
import { useMay } from "@/shared/workspace";
import type { Member } from "../api";
import { InvitationList } from "../components/InvitationList";
import { InviteDialog } from "../components/InviteDialog";
import { MemberList } from "../components/MemberList";
import { NewWorkspace } from "../components/NewWorkspace";
import { RemoveMember } from "../components/RemoveMember";
import { RoleMatrix } from "../components/RoleMatrix";
import { WorkspacePanel } from "../components/WorkspacePanel";
import { useMembers, useThisWorkspace } from "../hooks";
import { texts } from "../texts";

/** Who belongs to the workspace, what each may do, and the workspace itself. */
export function MembersPage() {
  const members = useMembers();
  const workspace = useThisWorkspace();
  const mayInvite = useMay("invitations.manage");
  const mayCreate = useMay("workspaces.create");
  const [open, setOpen] = useState<"invite" | "new" | null>(null);
  const [removed, setRemoved] = useState<Member | null>(null);
  const shared = workspace.data?.personal === false;
  const skeleton = <ListSkeleton rows={4} label={texts.loading} />;
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          <>
            {mayCreate ? (
              <Button variant="default" onClick={() => setOpen("new")}>
                {texts.workspace.new}
              </Button>
            ) : null}
            {mayInvite && shared ? (
              <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen("invite")}>
                {texts.invite}
              </Button>
            ) : null}
          </>
        }
      />
      <PageTabs
        label={texts.title}
        tabs={[
          {
            value: "people",
            label: texts.tabs.people,
            panel: (
              <>
                <Loaded query={members} skeleton={skeleton}>
                  {(all) => <MemberList members={all} onRemove={setRemoved} />}
                </Loaded>
                <MorePages query={members} />
                {mayInvite && shared ? <InvitationList /> : null}
                {workspace.data?.personal === true ? (
                  <Box mt="md">
                    <EmptyState title={texts.personal.title}>{texts.personal.about}</EmptyState>
                  </Box>
                ) : null}
              </>
            ),
          },
          { value: "roles", label: texts.tabs.roles, panel: <RoleMatrix /> },
          {
            value: "workspace",
            label: texts.tabs.workspace,
            panel: (
              <Loaded query={workspace} skeleton={skeleton}>
                {(data) => <WorkspacePanel key={data.id} workspace={data} />}
              </Loaded>
            ),
          },
        ]}
      />
      {open === "invite" ? <InviteDialog onClose={() => setOpen(null)} /> : null}
      {open === "new" ? <NewWorkspace onClose={() => setOpen(null)} /> : null}
      {removed === null ? null : <RemoveMember member={removed} onClose={() => setRemoved(null)} />}
    </>
  );
}
