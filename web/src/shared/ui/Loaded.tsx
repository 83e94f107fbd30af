import { type ReactNode, useDeferredValue } from "react";
import { TrunklineError } from "@trunkline/client";
import { Forbidden } from "./Forbidden";
import { Problem } from "./Problem";
import { StaleNote } from "./StaleNote";

/** What a query says of itself, whether it reads one thing or page by page. */
interface Asked<Data> {
  data: Data | undefined;
  error: unknown;
  isError: boolean;
  fetchStatus: string;
  dataUpdatedAt: number;
  refetch: () => Promise<unknown>;
}

/**
 * What a query gave, or the state that it is in: `skeleton` while it loads, what went wrong with a way to try again, what one's
 * role does not allow, and above old data how old it is.
 */
export function Loaded<Data>({ query, skeleton, children }: { query: Asked<Data>; skeleton: ReactNode; children: (data: Data) => ReactNode }) {
  // What is long is drawn in pieces, between which the page answers: not as soon as the query tells, which React draws in one go.
  const isThere = useDeferredValue(query.data !== undefined);
  if (query.data !== undefined) {
    if (!isThere) return skeleton;
    return (
      <>
        {query.isError || query.fetchStatus === "paused" ? <StaleNote since={query.dataUpdatedAt} /> : null}
        {children(query.data)}
      </>
    );
  }
  if (query.error instanceof TrunklineError && query.error.status === 403) return <Forbidden reason={query.error.message} />;
  if (query.error) return <Problem error={query.error} retry={() => void query.refetch()} />;
  return skeleton;
}
