import { createRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { featureSearch } from "@/features/features/search";
import { root } from "./root";

const FeaturesPage = lazy(() => import("@/features/features/pages/FeaturesPage").then((module) => ({ default: module.FeaturesPage })));

const features = createRoute({
  getParentRoute: () => root,
  path: "/features",
  validateSearch: featureSearch,
  component: function FeaturesRoute() {
    const navigate = features.useNavigate();
    return <FeaturesPage search={features.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />;
  },
});

export const featuresRoutes = [features] as const;
