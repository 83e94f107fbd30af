import { Alert } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { useReachable } from "@/shared/api/connection";
import { texts } from "./texts";

/** Says that the network or the server is away; when it is back, everything that is shown is read anew. */
export function ConnectionBanner() {
  const { online } = useNetwork();
  const reachable = useReachable();
  const queries = useQueryClient();
  const away = !online || !reachable;
  const wasAway = useRef(false);
  useEffect(() => {
    if (wasAway.current && !away) void queries.invalidateQueries();
    wasAway.current = away;
  }, [away, queries]);
  if (!away) return null;
  return (
    <Alert color="bad" variant="outline" icon={<WifiOff size={16} aria-hidden />} mb="md">
      {online ? texts.connection.unreachable : texts.connection.offline}
    </Alert>
  );
}
