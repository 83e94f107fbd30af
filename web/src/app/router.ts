import { createRouter } from "@tanstack/react-router";
import { BASE_PATH } from "@/shared/api/address";
import { chatRoutes } from "./routes/chat";
import { featuresRoutes } from "./routes/features";
import { homeRoutes } from "./routes/home";
import { keysRoutes } from "./routes/keys";
import { membersRoutes } from "./routes/members";
import { modelsRoutes } from "./routes/models";
import { policiesRoutes } from "./routes/policies";
import { root } from "./routes/root";
import { statusRoutes } from "./routes/status";

export const router = createRouter({
  routeTree: root.addChildren([
    ...homeRoutes,
    ...chatRoutes,
    ...featuresRoutes,
    ...keysRoutes,
    ...membersRoutes,
    ...modelsRoutes,
    ...policiesRoutes,
    ...statusRoutes,
  ]),
  basepath: BASE_PATH,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
