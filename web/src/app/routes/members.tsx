import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { SignInPage } from "@/features/account/pages/SignInPage";
import { root } from "./root";

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

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: function Invitation() {
    const navigate = invitation.useNavigate();
    return <InvitationPage SignIn={SignInPage} onJoined={() => void navigate({ to: "/", replace: true })} />;
  },
});

export const membersRoutes = [members, invitation] as const;
