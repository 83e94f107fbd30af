import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useWorkspace } from "@/shared/workspace";

const AGAIN_MS = 5_000;

/** Reads the status anew whenever the server tells of a change; follows again when the stream ends. */
export function useLiveStatus(): void {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const reread = (): void => void queries.invalidateQueries({ queryKey: ["status", id] });
    const follow = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          for await (const _ of client.status.follow({ signal: stop.signal, ready: reread })) reread();
        } catch {
          // The list itself says what is wrong; here it is only tried again.
        }
        await new Promise((go) => setTimeout(go, AGAIN_MS));
      }
    };
    void follow();
    return () => stop.abort();
  }, [client, id, queries]);
}
