import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { keySearch } from "@/features/keys/rows";
import { root } from "./root";

const KeysPage = lazyRouteComponent(() => import("@/features/keys/pages/KeysPage"), "KeysPage");

const keys = createRoute({
  getParentRoute: () => root,
  path: "/keys",
  validateSearch: keySearch,
  component: function Keys() {
    const search = keys.useSearch();
    const navigate = keys.useNavigate();
    return <KeysPage search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

export const keysRoutes = [keys] as const;
