import { createRouter } from "@tanstack/react-router";
import { BASE_PATH } from "@/shared/api/address";
import { chatRoutes } from "./routes/chat";
import { featuresRoutes } from "./routes/features";
import { homeRoutes } from "./routes/home";
import { modelsRoutes } from "./routes/models";
import { root } from "./routes/root";
import { statusRoutes } from "./routes/status";

export const router = createRouter({
  routeTree: root.addChildren([
    ...homeRoutes,
    ...chatRoutes,
    ...featuresRoutes,
    ...modelsRoutes,
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
