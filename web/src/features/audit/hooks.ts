import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { saveFile } from "@/shared/files/save";
import { useWorkspace } from "@/shared/workspace";
import { eventsQuery, exportEvents, verifyChain } from "./api";
import { type AuditSearch, filterOf } from "./search";

/** The events that a search is for. */
export function useEvents(search: AuditSearch) {
  const { client, id } = useWorkspace();
  // So that the period does not move, and the list is not read anew, with every look at the page.
  const [now] = useState(() => Date.now());
  const filter = useMemo(() => filterOf(search, now), [search, now]);
  return useInfiniteQuery(eventsQuery(client, id, filter));
}

/** Checks the chain of events. */
export function useVerify() {
  const { client } = useWorkspace();
  return useMutation({ mutationFn: () => verifyChain(client) });
}

/** Saves all events that a search is for as a file. */
export function useExport(search: AuditSearch) {
  const { client } = useWorkspace();
  return useMutation({
    mutationFn: async (format: "csv" | "json") => saveFile(await exportEvents(client, filterOf(search, Date.now()), format), `audit.${format}`),
  });
}
