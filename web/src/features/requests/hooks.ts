import { useEffect, useState } from "react";
import type { RequestQuery, RequestSummary } from "@trunkline/client";
import { useWorkspace } from "@/shared/workspace";
import { take } from "./arrivals";

const AGAIN_MS = 3_000;
const NONE: RequestSummary[] = [];

/** Requests that ended since the page is open, the newest first; follows again when the stream ends. */
export function useLiveRequests(asked: RequestQuery, live: boolean): { calls: RequestSummary[]; isFollowing: boolean } {
  const { client } = useWorkspace();
  const [came, setCame] = useState<{ key: string; calls: RequestSummary[] }>({ key: "", calls: [] });
  const [isFollowing, setFollowing] = useState(false);
  const key = JSON.stringify(asked);
  useEffect(() => {
    if (!live) return undefined;
    const stop = new AbortController();
    const follow = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          setFollowing(true);
          for await (const call of client.requests.follow(JSON.parse(key), { signal: stop.signal })) {
            setCame((before) => ({ key, calls: take(before.key === key ? before.calls : [], call) }));
          }
        } catch {
          // The list says what is wrong; here it is only tried again.
        }
        if (stop.signal.aborted) return;
        setFollowing(false);
        await new Promise((go) => setTimeout(go, AGAIN_MS));
      }
    };
    void follow();
    return () => {
      stop.abort();
      setFollowing(false);
    };
  }, [client, key, live]);
  return { calls: came.key === key ? came.calls : NONE, isFollowing };
}
