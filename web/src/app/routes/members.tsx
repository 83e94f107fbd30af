import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { base, root } from "./root";

const membersSearch = z.object({
  tab: z.string().optional().catch(undefined),
});

const members = createRoute({
  getParentRoute: () => root,
  path: "/members",
  validateSearch: membersSearch,
  component: lazyRouteComponent(() => import("@/features/members/pages/MembersPage"), "MembersPage"),
});

const InvitationPage = lazyRouteComponent(() => import("@/features/members/pages/InvitationPage"), "InvitationPage");

const SignInPage = lazyRouteComponent(() => import("@/features/account/pages/SignInPage"), "SignInPage");

const invitation = createRoute({
  getParentRoute: () => base,
  path: "/invitation",
  component: function Invitation() {
    const navigate = invitation.useNavigate();
    return <InvitationPage SignIn={SignInPage} onJoined={() => void navigate({ to: "/", replace: true })} />;
  },
});

export const membersRoutes = [members] as const;

/** For who may be nobody yet. */
export const invitationRoutes = [invitation] as const;
