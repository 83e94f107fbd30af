import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root";

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("@/features/account/pages/AccountPage"), "AccountPage"),
});

export const accountRoutes = [account] as const;
