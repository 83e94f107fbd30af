import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root";

const RoutePage = lazyRouteComponent(() => import("@/features/routes/pages/RoutePage"), "RoutePage");

const list = createRoute({
  getParentRoute: () => root,
  path: "/routes",
  component: lazyRouteComponent(() => import("@/features/routes/pages/RoutesPage"), "RoutesPage"),
});

const fresh = createRoute({
  getParentRoute: () => root,
  path: "/routes/new",
  component: lazyRouteComponent(() => import("@/features/routes/pages/NewRoutePage"), "NewRoutePage"),
});

const one = createRoute({
  getParentRoute: () => root,
  path: "/routes/$routeId",
  component: function Route() {
    const { routeId } = one.useParams();
    return <RoutePage key={routeId} routeId={routeId} />;
  },
});

export const routesRoutes = [list, fresh, one] as const;
