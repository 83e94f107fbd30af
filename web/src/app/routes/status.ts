import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { root } from "./root";

const status = createRoute({
  getParentRoute: () => root,
  path: "/status",
  validateSearch: z.object({ cell: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import("@/features/status/pages/StatusPage"), "StatusPage"),
});

export const statusRoutes = [status] as const;
