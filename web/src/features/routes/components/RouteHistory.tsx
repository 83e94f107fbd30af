import { useQuery, useQueryClient } from "@tanstack/react-query";
import { differences } from "@/shared/revisions/differences";
import { RevisionList } from "@/shared/revisions/RevisionList";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { useWorkspace } from "@/shared/workspace";
import { revertRoute, revisionsQuery, type Route, routeQuery, targetsQuery } from "../api";
import { named } from "../form";
import { texts } from "../texts";

/** All saved states of a route, down to each value that changed, and a way back to any of them. */
export function RouteHistory({ route, mayChange }: { route: Route; mayChange: boolean }) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const revisions = useQuery(revisionsQuery(client, id, route.id));
  const { data: configurations = [] } = useQuery(targetsQuery(client, id));
  const revert = async (number: number, reason: string) => {
    queries.setQueryData(routeQuery(client, id, route.id).queryKey, await revertRoute(client, route, number, reason));
    await Promise.all([queries.invalidateQueries({ queryKey: ["routes", id] }), queries.invalidateQueries({ queryKey: ["route", id, route.id] })]);
  };
  return (
    <Loaded query={revisions} skeleton={<ListSkeleton rows={4} label={texts.history.loading} />}>
      {(all) => (
        <RevisionList
          revisions={all}
          current={route.revision}
          about={texts.history.revertAbout}
          revert={mayChange ? revert : undefined}
          show={({ path, before, after }) => named(differences(before ?? (Array.isArray(after) ? [] : null), after, path), configurations)}
        />
      )}
    </Loaded>
  );
}
