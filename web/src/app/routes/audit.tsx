import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { auditSearch } from "@/features/audit/search";
import { root } from "./root";

const AuditPage = lazyRouteComponent(() => import("@/features/audit/pages/AuditPage"), "AuditPage");

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: auditSearch,
  component: function Audit() {
    const search = audit.useSearch();
    const navigate = audit.useNavigate();
    return <AuditPage search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

export const auditRoutes = [audit] as const;
