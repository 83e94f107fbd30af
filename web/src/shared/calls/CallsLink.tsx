import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./CallsLink.module.css";
import { type CallSearch, filtersOf } from "./search";

/** From when to when: exact moments. */
export interface CallSpan {
  since?: string | undefined;
  until?: string | undefined;
}

/** A figure that opens the requests that it sums. */
export function CallsLink({ search, span, label, block = false, children }: { search: CallSearch; span: CallSpan; label?: string; block?: boolean; children: ReactNode }) {
  return (
    <Link to="/requests" search={{ ...filtersOf(search), ...span }} className={classes.link} data-block={block || undefined} aria-label={label}>
      {children}
    </Link>
  );
}
