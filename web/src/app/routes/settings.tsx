import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { root } from "./root";

const settingsSearch = z.object({
  tab: z.string().optional().catch(undefined),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import("../pages/SettingsPage"), "SettingsPage"),
});

export const settingsRoutes = [settings] as const;
