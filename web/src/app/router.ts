import { createRouter } from "@tanstack/react-router";
import { BASE_PATH } from "@/shared/api/address";
import { accountRoutes } from "./routes/account";
import { alertsRoutes } from "./routes/alerts";
import { auditRoutes } from "./routes/audit";
import { catalogueRoutes } from "./routes/catalogue";
import { chatRoutes } from "./routes/chat";
import { entryRoutes } from "./routes/entry";
import { experimentsRoutes } from "./routes/experiments";
import { featuresRoutes } from "./routes/features";
import { homeRoutes } from "./routes/home";
import { keysRoutes } from "./routes/keys";
import { mcpRoutes } from "./routes/mcp";
import { invitationRoutes, membersRoutes } from "./routes/members";
import { modelsRoutes } from "./routes/models";
import { playgroundRoutes } from "./routes/playground";
import { policiesRoutes } from "./routes/policies";
import { requestsRoutes } from "./routes/requests";
import { base, nowhere, root } from "./routes/root";
import { routesRoutes } from "./routes/routes";
import { settingsRoutes } from "./routes/settings";
import { statusRoutes } from "./routes/status";
import { usageRoutes } from "./routes/usage";

export const router = createRouter({
  routeTree: base.addChildren([
    root.addChildren([
      ...homeRoutes,
      ...alertsRoutes,
      ...auditRoutes,
      ...chatRoutes,
      ...experimentsRoutes,
      ...featuresRoutes,
      ...keysRoutes,
      ...mcpRoutes,
      ...membersRoutes,
      ...modelsRoutes,
      ...routesRoutes,
      ...catalogueRoutes,
      ...playgroundRoutes,
      ...policiesRoutes,
      ...requestsRoutes,
      ...settingsRoutes,
      ...statusRoutes,
      ...usageRoutes,
      ...accountRoutes,
      nowhere,
    ]),
    ...entryRoutes,
    ...invitationRoutes,
  ]),
  basepath: BASE_PATH,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
