import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { TrunklineClient } from "@trunkline/client";
import { clientFor } from "./api/client";

interface Scope {
  id: string;
  role: string;
  /** Who is signed in. */
  userId: string;
  may: ReadonlySet<string>;
}

/** In which workspace the console works now, and what one may do there. */
const WorkspaceContext = createContext<Scope | undefined>(undefined);

/** Has everything inside work in the workspace `id`, where `userId` has `role` and may do the actions of `may`. */
export function WorkspaceScope({ id, role, userId, may, children }: { id: string; role: string; userId: string; may: string[]; children: ReactNode }) {
  const scope = useMemo(() => ({ id, role, userId, may: new Set(may) }), [id, role, userId, may]);
  return <WorkspaceContext value={scope}>{children}</WorkspaceContext>;
}

function useScope(): Scope {
  const scope = useContext(WorkspaceContext);
  if (scope === undefined) throw new Error("This is for what stands inside a WorkspaceScope.");
  return scope;
}

/** The workspace's id, for keys of queries, its client, who one is, one's role and the actions that one may do. */
export function useWorkspace(): Scope & { client: TrunklineClient } {
  const scope = useScope();
  return { ...scope, client: clientFor(scope.id) };
}

/** Whether one may do `action`, of the API's table of actions (`routes.change`). The server decides; this only hides. */
export function useMay(action: string): boolean {
  return useScope().may.has(action);
}
