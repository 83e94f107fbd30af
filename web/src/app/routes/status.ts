import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root";

const status = createRoute({
  getParentRoute: () => root,
  path: "/status",
  component: lazyRouteComponent(() => import("@/features/status/pages/StatusPage"), "StatusPage"),
});

export const statusRoutes = [status] as const;
