import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { root } from "./root";

const word = z.string().optional().catch(undefined);
const Page = lazyRouteComponent(() => import("@/features/experiments/pages/ExperimentPage"), "ExperimentPage");

const experiments = createRoute({
  getParentRoute: () => root,
  path: "/experiments",
  validateSearch: z.object({ state: word }),
  component: lazyRouteComponent(() => import("@/features/experiments/pages/ExperimentsPage"), "ExperimentsPage"),
});

const experiment = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$configId",
  validateSearch: z.object({ metric: word, version: word }),
  component: function Experiment() {
    const { configId } = experiment.useParams();
    return <Page configId={configId} />;
  },
});

export const experimentsRoutes = [experiments, experiment] as const;
