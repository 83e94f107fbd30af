import { createContext, type ReactNode, useContext } from "react";
import type { TrunklineClient } from "@trunkline/client";
import { clientFor } from "./api/client";

/** In which workspace the console works now. */
const WorkspaceContext = createContext<string | undefined>(undefined);

/** Has everything inside work in the workspace `id`. */
export function WorkspaceScope({ id, children }: { id: string; children: ReactNode }) {
  return <WorkspaceContext value={id}>{children}</WorkspaceContext>;
}

/** The workspace's id, for keys of queries, and its client. */
export function useWorkspace(): { id: string; client: TrunklineClient } {
  const id = useContext(WorkspaceContext);
  if (id === undefined) throw new Error("useWorkspace is for what stands inside a WorkspaceScope.");
  return { id, client: clientFor(id) };
}
