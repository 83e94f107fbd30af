import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { requestsSearch } from "@/features/requests/search";
import { registerSource } from "@/shared/commands";
import { root } from "./root";

// What it needs is loaded with the first search.
registerSource({ id: "requests", may: "usage.read", find: async ({ client }, text) => (await import("@/features/requests/find")).findRequest(client, text) });

const Page = lazyRouteComponent(() => import("@/features/requests/pages/RequestsPage"), "RequestsPage");

const requests = createRoute({
  getParentRoute: () => root,
  path: "/requests",
  validateSearch: requestsSearch,
  component: function Requests() {
    const search = requests.useSearch();
    const navigate = requests.useNavigate();
    return <Page search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

export const requestsRoutes = [requests] as const;
