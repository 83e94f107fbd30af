import { Button, Paper, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { timeZone } from "@/shared/format/zone";
import type { RequestSummary } from "../api";
import { texts } from "../texts";
import classes from "./RequestList.module.css";
import { RequestRow } from "./RequestRow";

const ROW = 44;
const PHONE_ROW = 64;
const OVERSCAN = 12;

/**
 * All requests, of which only those in view are drawn. What comes while one reads further down waits behind a button, so that
 * nothing moves.
 */
export function RequestList({
  calls,
  open,
  more,
  onMore,
  onOpen,
}: {
  calls: RequestSummary[];
  open: string | undefined;
  more: boolean;
  onMore: () => void;
  onOpen: (id: string) => void;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState<string | null>(null);
  const isPhone = useMediaQuery("(max-width: 40em)") ?? false;
  const size = isPhone ? PHONE_ROW : ROW;
  const from = held === null ? 0 : Math.max(calls.findIndex((call) => call.id === held), 0);
  const shown = from === 0 ? calls : calls.slice(from);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by what it gives
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroll.current, estimateSize: () => size, overscan: OVERSCAN });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => rows.measure(), [size, rows]);
  useEffect(() => {
    if (more && last >= shown.length - OVERSCAN) onMore();
  }, [more, last, shown.length, onMore]);
  const format = useMemo(
    () => new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: timeZone() }),
    [],
  );
  const { columns } = texts;
  return (
    <>
      {from > 0 ? (
        <Button
          size="xs"
          mb="xs"
          onClick={() => {
            setHeld(null);
            scroll.current?.scrollTo({ top: 0 });
          }}
        >
          {texts.fresh(from)}
        </Button>
      ) : null}
      <Paper
        ref={scroll}
        withBorder
        className={classes.frame}
        onScroll={(event) => {
          const top = event.currentTarget.scrollTop;
          if (top === 0) setHeld(null);
          else if (held === null) setHeld(calls[0]?.id ?? null);
        }}
      >
        <table className={classes.table} aria-label={texts.title} aria-rowcount={more ? -1 : shown.length + 1}>
          <thead>
            <tr className={classes.head} aria-rowindex={1}>
              <th>{columns.time}</th>
              <th>{columns.model}</th>
              <th>{columns.outcome}</th>
              <th className={`${classes.figure} ${classes.wide}`}>{columns.first}</th>
              <th className={`${classes.figure} ${classes.took}`}>{columns.took}</th>
              <th className={`${classes.figure} ${classes.wide}`}>{columns.tokens}</th>
              <th className={classes.figure}>{columns.cost}</th>
            </tr>
          </thead>
          <tbody style={{ height: rows.getTotalSize() }}>
            {items.map((item) => {
              const call = shown[item.index];
              if (call === undefined) return null;
              return (
                <tr
                  key={call.id}
                  aria-rowindex={item.index + 2}
                  className={classes.row}
                  data-open={call.id === open || undefined}
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                  onClick={() => onOpen(call.id)}
                >
                  <RequestRow call={call} time={format.format(new Date(call.openedAt))} open={call.id === open} onOpen={() => onOpen(call.id)} />
                </tr>
              );
            })}
          </tbody>
        </table>
      </Paper>
      <Text c="dimmed" size="sm" mt="xs">
        {more ? texts.more : texts.end}
      </Text>
    </>
  );
}
