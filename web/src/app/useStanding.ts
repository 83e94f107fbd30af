import { focusManager, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { meQuery } from "@/features/account/api";
import { accessToken, onSession } from "@/shared/api/session";

/** `lost`: somebody was signed in until the session ended by itself, and the page still holds what they typed. */
export type Standing = "unknown" | "in" | "out" | "lost";

/** Whether somebody is signed in. `epoch` counts the people: with another one nothing of the page may stay. */
export function useStanding() {
  const queries = useQueryClient();
  const [standing, setStanding] = useState<Standing>("unknown");
  const [failure, setFailure] = useState<unknown>(null);
  const [epoch, setEpoch] = useState(0);

  const look = useCallback((): void => {
    accessToken().then((token) => setStanding(token === null ? "out" : "in"), setFailure);
  }, []);
  const ask = (): void => {
    setFailure(null);
    look();
  };
  useEffect(look, [look]);

  useEffect(() => {
    let now: Standing = "unknown";
    return onSession((signedIn, lost) => {
      const before = now;
      now = signedIn ? "in" : lost ? "lost" : "out";
      if (before === "lost" && now === "in") {
        void isSame(queries).then((same) => {
          if (!same) setEpoch((count) => count + 1);
          setStanding("in");
        });
        return;
      }
      setStanding((shown) => (now === "lost" && shown === "unknown" ? "out" : now));
    });
  }, [queries]);

  useEffect(() => {
    if (standing === "out") queries.clear();
    // What is asked again and again would be refused again and again.
    focusManager.setFocused(standing === "lost" ? false : undefined);
  }, [standing, queries]);

  return { standing, failure, ask, epoch };
}

/** Whether who came back is who was here; of anybody else nothing is left, and everything is read anew. */
async function isSame(queries: QueryClient): Promise<boolean> {
  const before = queries.getQueryData(meQuery.queryKey)?.user.id;
  const after = await queries.fetchQuery({ ...meQuery, staleTime: 0 }).catch(() => undefined);
  const same = after !== undefined && after.user.id === before;
  if (same) void queries.invalidateQueries();
  else queries.clear();
  return same;
}
