import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute } from "@tanstack/react-router";
import { meQuery } from "@/features/account/api";
import { ConfigurationsPage } from "@/features/models/pages/ConfigurationsPage";
import { configurationSearch } from "@/features/models/rows";
import { root } from "./root";

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

export const modelsRoutes = [configurations] as const;
