import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { PERIODS } from "@/features/models/api";
import { configurationSearch } from "@/features/models/rows";
import { wizardSearch } from "@/features/models/wizard";
import { registerSource } from "@/shared/commands";
import { root } from "./root";

registerSource({
  id: "configurations",
  may: "configurations.read",
  find: async ({ client }, text, signal) => (await import("@/features/models/find")).findConfigurations(client, text, signal),
});
// Below the configurations, which are one's own: sources are shown in the order of their registration.
registerSource({
  id: "models",
  may: "providers.read",
  find: async (place, text) => (await import("@/features/catalogue/find")).findModels(place, text),
});

const ConfigurationsPage = lazyRouteComponent(() => import("@/features/models/pages/ConfigurationsPage"), "ConfigurationsPage");
const NewConfigurationPage = lazyRouteComponent(() => import("@/features/models/pages/NewConfigurationPage"), "NewConfigurationPage");
const ConfigurationPage = lazyRouteComponent(() => import("@/features/models/pages/ConfigurationPage"), "ConfigurationPage");

const configurations = createRoute({
  getParentRoute: () => root,
  path: "/configurations",
  validateSearch: configurationSearch,
  component: function Configurations() {
    const search = configurations.useSearch();
    const navigate = configurations.useNavigate();
    return <ConfigurationsPage search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

const fresh = createRoute({
  getParentRoute: () => root,
  path: "/configurations/new",
  validateSearch: wizardSearch,
  component: function NewConfiguration() {
    const search = fresh.useSearch();
    const navigate = fresh.useNavigate();
    return <NewConfigurationPage search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
  },
});

const one = createRoute({
  getParentRoute: () => root,
  path: "/configurations/$configurationId",
  validateSearch: z.object({ tab: z.string().optional().catch(undefined), period: z.enum(PERIODS).optional().catch(undefined) }),
  component: function Configuration() {
    const { configurationId } = one.useParams();
    return <ConfigurationPage key={configurationId} configurationId={configurationId} />;
  },
});

export const modelsRoutes = [configurations, fresh, one] as const;
