import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root";

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/home/pages/HomePage"), "HomePage"),
});

export const homeRoutes = [home] as const;
