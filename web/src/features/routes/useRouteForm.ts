import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { TrunklineError } from "@trunkline/client";
import { useEffect, useState } from "react";
import { timeZone } from "@/shared/format/zone";
import { type Difference, differences } from "@/shared/revisions/differences";
import { useWorkspace } from "@/shared/workspace";
import { type Route, routeQuery, routesQuery, saveRoute, targetsQuery } from "./api";
import { bodyOf, named, problemsOf, type RouteValues, valuesOf } from "./form";

type Change = Partial<RouteValues> | ((before: RouteValues) => Partial<RouteValues>);

/** A route as a form. What others save meanwhile is taken where nothing was typed, and else shown beside what was. */
export function useRouteForm(route: Route | undefined, onSaved: (route: Route) => void) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const [base, setBase] = useState(route);
  const [values, setValues] = useState(() => valuesOf(route));
  const [begun, setBegun] = useState(values);
  const [pressed, setPressed] = useState(false);
  const [theirs, setTheirs] = useState<Route | null>(null);
  const { data: configurations = [], isSuccess: listed } = useQuery(targetsQuery(client, id));
  const { data: routes = [] } = useQuery(routesQuery(client, id));
  const others = [...routes.filter((each) => each.id !== route?.id), ...configurations].map((each) => ({ id: each.id, name: each.name }));
  const zone = timeZone();
  const compare = (before: RouteValues, after: RouteValues): Difference[] =>
    named(differences({ ...bodyOf(before, zone), reason: "" }, { ...bodyOf(after, zone), reason: "" }), others);
  const changes = compare(begun, values);

  const restart = (next: Route): void => {
    setBase(next);
    setValues(valuesOf(next));
    setBegun(valuesOf(next));
    setPressed(false);
    setTheirs(null);
  };
  if (route !== undefined && base !== undefined && route.revision > base.revision && theirs === null && changes.length === 0) restart(route);

  const saving = useMutation({
    mutationFn: (onto: Route | undefined) => saveRoute(client, bodyOf(values, zone), onto),
    onSuccess: (saved) => {
      queries.setQueryData(routeQuery(client, id, saved.id).queryKey, saved);
      void queries.invalidateQueries({ queryKey: ["routes", id] });
      void queries.invalidateQueries({ queryKey: ["route", id, saved.id, "revisions"] });
      restart(saved);
    },
    onError: async (error) => {
      if (!(error instanceof TrunklineError) || error.status !== 412 || base === undefined) return;
      setTheirs(await client.get("/api/routes/{route_id}", { path: { route_id: base.id } }));
      saving.reset();
    },
  });
  // After the guard has heard of it, which would ask otherwise.
  useEffect(() => {
    if (saving.data !== undefined) onSaved(saving.data);
    // oxlint-disable-next-line react/exhaustive-deps -- once for each time it is saved
  }, [saving.data]);
  const problems = problemsOf(values);
  return {
    base,
    values,
    set: (change: Change): void => setValues((before) => ({ ...before, ...(typeof change === "function" ? change(before) : change) })),
    configurations,
    others,
    listed,
    zone,
    changes,
    problems: pressed ? problems : {},
    saving: saving.isPending,
    error: saving.error,
    save: (onto: Route | undefined = base): void => {
      setPressed(true);
      if (Object.keys(problems).length === 0) saving.mutate(onto);
    },
    conflict: theirs === null ? null : { theirs, changes: compare(begun, valuesOf(theirs)), take: () => restart(theirs), dismiss: () => setTheirs(null) },
  };
}
