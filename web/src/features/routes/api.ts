import { queryOptions } from "@tanstack/react-query";
import type { BodyOf, TrunklineClient } from "@trunkline/client";
import { namesQuery } from "@/shared/subjects/configurations";

const PAGE = 100;

async function listRoutes(client: TrunklineClient): Promise<Route[]> {
  const all: Route[] = [];
  let cursor: string | null = null;
  do {
    const { items, next }: { items: Route[]; next: string | null } = await client.page("/api/routes", { query: { limit: PAGE, cursor } });
    all.push(...items);
    cursor = next;
  } while (cursor !== null);
  return all;
}
const readRoute = (client: TrunklineClient, routeId: string) => client.get("/api/routes/{route_id}", { path: { route_id: routeId } });

/** The workspace's routes. */
export function routesQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["routes", workspaceId], queryFn: () => listRoutes(client) });
}

/** One route. */
export function routeQuery(client: TrunklineClient, workspaceId: string, routeId: string) {
  return queryOptions({ queryKey: ["route", workspaceId, routeId], queryFn: () => readRoute(client, routeId) });
}

/** What a route can lead to: configurations that are shared with the workspace. */
export function targetsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ ...namesQuery(client, workspaceId), select: (all) => all.filter((each) => each.shared) });
}

/** Saves a route: a new one, or with `saved` that one, if nobody has changed it meanwhile. */
export function saveRoute(client: TrunklineClient, body: RouteBody, saved?: Route): Promise<Route> {
  if (saved === undefined) return client.post("/api/routes", { body });
  return client.put("/api/routes/{route_id}", { path: { route_id: saved.id }, body, headers: { "if-match": `"${saved.revision}"` } });
}

/** Its saved states, the newest first. */
export function revisionsQuery(client: TrunklineClient, workspaceId: string, routeId: string) {
  return queryOptions({
    queryKey: ["route", workspaceId, routeId, "revisions"],
    queryFn: () => client.get("/api/routes/{route_id}/revisions", { path: { route_id: routeId }, query: { limit: PAGE } }),
  });
}

/** Goes back to a saved state, as a new revision, if nobody has changed it meanwhile. */
export function revertRoute(client: TrunklineClient, { id, revision }: Route, number: number, reason: string): Promise<Route> {
  return client.post("/api/routes/{route_id}/revisions/{number}/revert", { path: { route_id: id, number }, body: { reason }, headers: { "if-match": `"${revision}"` } });
}

export type Route = Awaited<ReturnType<typeof readRoute>>;
export type RouteBody = BodyOf<"/api/routes", "post">;
