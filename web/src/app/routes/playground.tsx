import { createRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { playgroundSearch } from "@/features/playground/search";
import { root } from "./root";

const PlaygroundPage = lazy(() => import("@/features/playground/pages/PlaygroundPage").then((module) => ({ default: module.PlaygroundPage })));

const playground = createRoute({
  getParentRoute: () => root,
  path: "/playground",
  validateSearch: playgroundSearch,
  component: function PlaygroundRoute() {
    return <PlaygroundPage search={playground.useSearch()} />;
  },
});

export const playgroundRoutes = [playground] as const;
