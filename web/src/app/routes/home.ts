import { createRoute, redirect } from "@tanstack/react-router";
import { root } from "./root";

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/configurations", search: {} });
  },
});

export const homeRoutes = [home] as const;
