import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSeal } from "@/shared/api/sealing";
import type { Saved } from "@/shared/revisions/useConflicts";
import { useWorkspace } from "@/shared/workspace";
import { type McpServer, type McpServerTest, saveServer, serversQuery, testQuery } from "./api";
import type { ServerFields } from "./form";

/** The servers of the workspace. */
export function useServers() {
  const { client, id } = useWorkspace();
  return useInfiniteQuery(serversQuery(client, id));
}

/** Tests a server. */
export function useServerTest(serverId: string) {
  const { client, id } = useWorkspace();
  return useQuery(testQuery(client, id, serverId));
}

/** The tools that a server had when it was last tested here. */
export function useKnownTools(serverId: string | undefined): string[] {
  const { client, id } = useWorkspace();
  const known = useQueryClient().getQueryData<McpServerTest>(testQuery(client, id, serverId ?? "").queryKey);
  return known?.tools.map(({ name }) => name) ?? [];
}

/** Registers a server, or changes one. */
export function useSaveServer() {
  const { client } = useWorkspace();
  const seal = useSeal();
  return useMutation({ mutationFn: (saved: Saved<McpServer, ServerFields>) => saveServer(client, saved, seal), onSuccess: useForget() });
}

/** Deletes a server. */
export function useDeleteServer(): (serverId: string) => Promise<void> {
  const { client } = useWorkspace();
  const forget = useForget();
  return async (serverId) => {
    await client.mcpServers.delete(serverId);
    await forget();
  };
}

function useForget(): () => Promise<void> {
  const { id } = useWorkspace();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["mcp-servers", id, "list"] });
}
