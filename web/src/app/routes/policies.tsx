import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { root } from "./root";

const policiesSearch = z.object({
  tab: z.string().optional().catch(undefined),
  policy: z.string().optional().catch(undefined),
});

const PoliciesPage = lazyRouteComponent(() => import("../pages/PoliciesPage"), "PoliciesPage");

const policies = createRoute({
  getParentRoute: () => root,
  path: "/policies",
  validateSearch: policiesSearch,
  component: function Policies() {
    const { policy } = policies.useSearch();
    const navigate = policies.useNavigate();
    return <PoliciesPage policy={policy} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

export const policiesRoutes = [policies] as const;
