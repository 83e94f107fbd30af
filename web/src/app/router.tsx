import { useSuspenseQuery } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { meQuery } from "@/features/account/api";
import { ConfigurationsPage } from "@/features/models/pages/ConfigurationsPage";
import { configurationSearch } from "@/features/models/rows";
import { BASE_PATH } from "@/shared/api/address";
import { Guard } from "./Guard";
import { NotFound } from "./NotFound";

const root = createRootRoute({ component: Guard, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/configurations", search: {} });
  },
});

const configurations = createRoute({
  getParentRoute: () => root,
  path: "/configurations",
  validateSearch: configurationSearch,
  component: function Configurations() {
    const search = configurations.useSearch();
    const navigate = configurations.useNavigate();
    const { data: me } = useSuspenseQuery(meQuery);
    return (
      <ConfigurationsPage search={search} userId={me.user.id} onSearch={(next) => void navigate({ search: next, replace: true })} />
    );
  },
});

const status = createRoute({
  getParentRoute: () => root,
  path: "/status",
  component: lazyRouteComponent(() => import("@/features/status/pages/StatusPage"), "StatusPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, configurations, status]),
  basepath: BASE_PATH,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
