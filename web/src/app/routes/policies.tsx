import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { root } from "./root";

const policiesSearch = z.object({
  tab: z.string().optional().catch(undefined),
});

const policies = createRoute({
  getParentRoute: () => root,
  path: "/policies",
  validateSearch: policiesSearch,
  component: lazyRouteComponent(() => import("../pages/PoliciesPage"), "PoliciesPage"),
});

export const policiesRoutes = [policies] as const;
