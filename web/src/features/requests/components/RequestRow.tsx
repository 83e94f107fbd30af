import { Link } from "@tanstack/react-router";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { duration } from "@/shared/format/time";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import type { RequestSummary } from "../api";
import { texts } from "../texts";
import classes from "./RequestList.module.css";

const TONES: Record<string, Tone> = { ok: "good", error: "bad", cancelled: "fair", estimated: "quiet" };

/** How a call ended, as a badge. */
export function Outcome({ call }: { call: RequestSummary }) {
  const word = texts.outcomes[call.outcome] ?? call.outcome;
  return <Badge tone={TONES[call.outcome] ?? "quiet"}>{call.outcome === "error" ? `${word} ${call.status}` : word}</Badge>;
}

/** One request. Its time is the link that opens it; the whole row does, too. */
export function RequestRow({ call, time, open, onOpen }: { call: RequestSummary; time: string; open: boolean; onOpen: () => void }) {
  return (
    <>
      <td>
        <Link
          to="/requests"
          search={((before: object) => ({ ...before, call: call.id })) as never}
          className={classes.time}
          aria-current={open || undefined}
          onClick={(event) => {
            event.stopPropagation();
            if (event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            onOpen();
          }}
        >
          {time}
        </Link>
      </td>
      <td className={classes.model}>
        <ProviderMark provider={call.provider} size={22} />
        <span className="mono" title={call.requestedModel}>
          {call.model}
        </span>
      </td>
      <td>
        <Outcome call={call} />
      </td>
      <td className={`${classes.figure} ${classes.wide}`}>
        {call.fromCache ? texts.cached : duration(call.firstTokenMs)}
      </td>
      <td className={`${classes.figure} ${classes.took}`}>
        {duration(call.durationMs)}
      </td>
      <td className={`${classes.figure} ${classes.wide}`}>
        {count(call.inputTokens + call.outputTokens)}
      </td>
      <td className={classes.figure}>
        {usd(call.costUSD)}
      </td>
    </>
  );
}
