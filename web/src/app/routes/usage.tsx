import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { usageSearch } from "@/features/usage/search";
import { root } from "./root";

const Page = lazyRouteComponent(() => import("@/features/usage/pages/UsagePage"), "UsagePage");

const usage = createRoute({
  getParentRoute: () => root,
  path: "/usage",
  validateSearch: usageSearch,
  component: function Usage() {
    const search = usage.useSearch();
    const navigate = usage.useNavigate();
    return <Page search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

export const usageRoutes = [usage] as const;
