import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { AnswerOf, BodyOf, TrunklineClient } from "@trunkline/client";
import { namesQuery } from "@/shared/subjects/configurations";
import { useWorkspace } from "@/shared/workspace";
import type { Shares } from "./shares";

const AGAIN_MS = 5_000;

export type Summary = AnswerOf<"/api/experiments", "get">[number];
export type Experiment = AnswerOf<"/model-configs/{config_id}/experiment", "get">;
export type Point = AnswerOf<"/model-configs/{config_id}/experiment/history", "get">[number];
type Wire = AnswerOf<"/model-configs/{config_id}/versions", "get">[number];
export type Version = Omit<Wire, "_id"> & { id: string };
export type Change = NonNullable<BodyOf<"/model-configs/{config_id}/experiment", "put">>;
export type NewVersion = BodyOf<"/model-configs/{config_id}/versions", "post">;
export type ListedState = "running" | "idle" | "shipped" | "reverted";

/** All experiments that one sees, or those that stand so. */
export function experimentsQuery(client: TrunklineClient, workspaceId: string, state: ListedState | undefined) {
  return queryOptions({
    queryKey: ["experiments", workspaceId, "list", state],
    queryFn: () => client.get("/api/experiments", { query: { limit: 100, ...(state === undefined ? {} : { state }) } }),
    refetchInterval: AGAIN_MS,
  });
}

const at = (configId: string) => ({ path: { config_id: configId } });

/** How one stands now. */
export function experimentQuery(client: TrunklineClient, workspaceId: string, configId: string) {
  return queryOptions({
    queryKey: ["experiments", workspaceId, configId],
    queryFn: () => client.get("/model-configs/{config_id}/experiment", at(configId)),
    refetchInterval: AGAIN_MS,
  });
}

/** How its differences came to be. */
export function historyQuery(client: TrunklineClient, workspaceId: string, configId: string) {
  return queryOptions({
    queryKey: ["experiments", workspaceId, configId, "history"],
    queryFn: () => client.get("/model-configs/{config_id}/experiment/history", at(configId)),
    refetchInterval: 4 * AGAIN_MS,
  });
}

/** What its versions are. */
export function versionsQuery(client: TrunklineClient, workspaceId: string, configId: string) {
  return queryOptions({
    queryKey: ["experiments", workspaceId, configId, "versions"],
    queryFn: async (): Promise<Version[]> =>
      (await client.get("/model-configs/{config_id}/versions", at(configId))).map((each) => Object.assign(each, { id: each["_id"] })),
  });
}

/** The configuration that it is about. */
export function configurationQuery(client: TrunklineClient, workspaceId: string, configId: string) {
  return queryOptions({
    queryKey: ["experiments", workspaceId, configId, "configuration"],
    queryFn: () => client.get("/api/configurations/{configuration_id}", { path: { configuration_id: configId } }),
  });
}

/** Configurations that an experiment can be of: those with a model. */
export function candidatesQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ ...namesQuery(client, workspaceId), select: (all) => all.filter((each) => each.model !== null) });
}

/** What can be done to an experiment. Each change has everything of it read anew. */
export function useExperimentChanges(configId: string) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["experiments", id] });
  const path = at(configId);
  return {
    share: useMutation({
      mutationFn: (shares: Shares) =>
        client.put("/model-configs/{config_id}/versions", {
          ...path,
          body: Object.entries(shares).map(([versionId, share]) => ({ _id: versionId, trafficPercent: share / 100 })),
        }),
      onSuccess,
    }),
    change: useMutation({ mutationFn: (body: Change) => client.put("/model-configs/{config_id}/experiment", { ...path, body }), onSuccess }),
    ship: useMutation({
      mutationFn: (versionId: string) => client.post("/model-configs/{config_id}/experiment/ship", { ...path, body: { versionId } }),
      onSuccess,
    }),
    revert: useMutation({ mutationFn: () => client.post("/model-configs/{config_id}/experiment/revert", { ...path, body: {} }), onSuccess }),
    create: useMutation({
      mutationFn: ({ configId: to, body }: { configId: string; body: NewVersion }) => client.post("/model-configs/{config_id}/versions", { ...at(to), body }),
      onSuccess,
    }),
  };
}
