import { Button, Group, Menu, Switch, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useCallback } from "react";
import type { RequestQuery } from "@trunkline/client";
import { CallFilters } from "@/shared/calls/CallFilters";
import { filtersOf, queryOf } from "@/shared/calls/search";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { moment } from "@/shared/format/time";
import { bounds, useRange } from "@/shared/range";
import { Chip } from "@/shared/ui/Chip";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { notifyFailed } from "@/shared/ui/notify";
import { PageHeader } from "@/shared/ui/PageHeader";
import { Problem } from "@/shared/ui/Problem";
import { RangePicker } from "@/shared/ui/RangePicker";
import { useWorkspace } from "@/shared/workspace";
import { merge } from "../arrivals";
import { exportRequests, requestsQuery, sumsQuery } from "../api";
import { CallDrawer } from "../components/CallDrawer";
import { RequestList } from "../components/RequestList";
import { useLiveRequests } from "../hooks";
import type { RequestsSearch } from "../search";
import { texts } from "../texts";

/** Calls one by one, and as they come. */
export function RequestsPage({ search, onSearch }: { search: RequestsSearch; onSearch: (next: RequestsSearch) => void }) {
  const { client, id } = useWorkspace();
  const [range] = useRange();
  const filters = filtersOf(search);
  const exact = search.since !== undefined || search.until !== undefined;
  const span = exact ? { from: search.since ?? null, to: search.until ?? null } : "preset" in range ? { from: bounds(range, hourly()).from } : bounds(range);
  const asked: RequestQuery = { ...queryOf(search), ...span };
  // What is told as it comes is of now: a period that is over has nothing new.
  const isOver = exact ? isPast(search.until) : !("preset" in range);
  const live = search.still !== true && !isOver;
  const list = useInfiniteQuery(requestsQuery(client, id, asked));
  const sums = useQuery(sumsQuery(client, id, asked));
  const { calls, isFollowing } = useLiveRequests(queryOf(search), live);
  const exporting = useMutation({ mutationFn: (format: "csv" | "json") => exportRequests(client, asked, format), onError: notifyFailed });
  const listed = list.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = merge(live ? calls : [], listed);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          <>
            <Switch
              label={live ? texts.live : texts.still}
              checked={live}
              disabled={isOver}
              data-following={isFollowing || undefined}
              onChange={(event) => onSearch({ ...search, still: event.currentTarget.checked ? undefined : true })}
            />
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" loading={exporting.isPending} rightSection={<ChevronDown size={14} aria-hidden />}>
                  {texts.export}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {(["csv", "json"] as const).map((format) => (
                  <Menu.Item key={format} onClick={() => exporting.mutate(format)}>
                    {texts.formats[format]}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            <RangePicker
              value={range}
              onChange={(next) => {
                const written = "preset" in next ? { range: next.preset, from: undefined, to: undefined } : { ...next, range: undefined };
                onSearch({ ...search, ...written, since: undefined, until: undefined });
              }}
            />
          </>
        }
      />
      <Group gap="xs" mb="sm">
        {exact ? (
          <Chip onRemove={() => onSearch({ ...search, since: undefined, until: undefined })}>
            {texts.period(search.since === undefined ? "…" : moment(search.since), search.until === undefined ? "…" : moment(search.until))}
          </Chip>
        ) : null}
        <CallFilters search={filters} onSearch={(next) => onSearch({ ...search, ...next })} words />
      </Group>
      {sums.data === undefined ? null : (
        <Text c="dimmed" mb="xs" aria-live="off">
          {[
            texts.sums(count(sums.data.requests), usd(sums.data.costUSD), count(sums.data.tokens.total)),
            sums.data.errors > 0 ? texts.failed(count(sums.data.errors)) : "",
            sums.data.unpriced > 0 ? texts.unpriced(count(sums.data.unpriced)) : "",
          ]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      )}
      {list.error && list.data === undefined ? (
        <Problem error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <ListSkeleton rows={8} label={texts.loading} />
      ) : shown.length === 0 ? (
        <EmptyState title={texts.empty.title} command={'trunkline chat "Say hello."'}>
          {texts.empty.about}
        </EmptyState>
      ) : (
        <RequestList calls={shown} open={search.call} more={hasNextPage} onMore={readMore} onOpen={(call) => onSearch({ ...search, call })} />
      )}
      <CallDrawer callId={search.call} onClose={() => onSearch({ ...search, call: undefined })} />
    </>
  );
}

function isPast(until: string | undefined): boolean {
  return until !== undefined && Date.parse(until) < Date.now();
}

/** So that the list of a preset stays the same while somebody reads it. */
function hourly(): number {
  return Math.floor(Date.now() / 3_600_000) * 3_600_000;
}
