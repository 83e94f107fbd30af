import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { EmptyState } from "./EmptyState";
import { ListSkeleton } from "./ListSkeleton";
import { Loaded } from "./Loaded";
import { MorePages } from "./MorePages";

/** A list that is read page by page: what stands there while it loads, what to do while there is nothing, its items, and its next page. */
export function Listed<Item>({
  query,
  rows,
  loading,
  empty,
  children,
}: {
  query: UseInfiniteQueryResult<Item[]>;
  /** How many are drawn while it loads. */
  rows: number;
  loading: string;
  empty: { title: string; about: string };
  children: (items: Item[]) => ReactNode;
}) {
  return (
    <>
      <Loaded query={query} skeleton={<ListSkeleton rows={rows} label={loading} />}>
        {(items) => (items.length === 0 ? <EmptyState title={empty.title}>{empty.about}</EmptyState> : children(items))}
      </Loaded>
      <MorePages query={query} />
    </>
  );
}
