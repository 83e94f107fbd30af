import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { root } from "./root";

const word = z.string().optional().catch(undefined);

const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: z.object({ tab: word, which: word }),
  component: lazyRouteComponent(() => import("@/features/alerts/pages/AlertsPage"), "AlertsPage"),
});

export const alertsRoutes = [alerts] as const;
