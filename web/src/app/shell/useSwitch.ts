import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { isUnsaved } from "@/shared/unsaved";
import { itemAt } from "./navigation";

/**
 * Goes to another workspace: asks first where something is not saved, and leaves the page of a single thing, which the other
 * workspace does not have, for the list that it is in.
 */
export function useSwitch(onWorkspace: (id: string) => void) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  const [asked, setAsked] = useState<string | null>(null);
  const go = async (id: string): Promise<void> => {
    setAsked(null);
    const list = itemAt(path)?.to ?? "/";
    // It was asked for already, whatever blocks the way.
    if (list !== path) await navigate({ to: list, ignoreBlocker: true });
    onWorkspace(id);
  };
  return {
    asking: asked !== null,
    stay: () => setAsked(null),
    leave: () => (asked === null ? undefined : void go(asked)),
    choose: (id: string) => (isUnsaved() ? setAsked(id) : void go(id)),
  };
}
