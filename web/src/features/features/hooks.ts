import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useWorkspace } from "@/shared/workspace";
import { type FeatureSettings, featureQuery, featuresQuery } from "./api";

/** Puts a feature that was changed into what is shown, and has the rest read anew. */
export function useChanged(): (feature: FeatureSettings) => Promise<void> {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  return useCallback(
    async (feature) => {
      queries.setQueryData(featureQuery(client, id, feature.slug).queryKey, feature);
      await queries.invalidateQueries({ queryKey: featuresQuery(client, id).queryKey });
      await queries.invalidateQueries({ queryKey: ["choices", id] });
    },
    [client, id, queries],
  );
}
