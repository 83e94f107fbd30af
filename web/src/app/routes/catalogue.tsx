import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { catalogueSearch } from "@/features/catalogue/entries";
import { root } from "./root";

const CataloguePage = lazyRouteComponent(() => import("@/features/catalogue/pages/CataloguePage"), "CataloguePage");

const catalogue = createRoute({
  getParentRoute: () => root,
  path: "/models",
  validateSearch: catalogueSearch,
  component: function Catalogue() {
    const search = catalogue.useSearch();
    const navigate = catalogue.useNavigate();
    return <CataloguePage search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

export const catalogueRoutes = [catalogue] as const;
