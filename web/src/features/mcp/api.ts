import { queryOptions } from "@tanstack/react-query";
import type { McpServer, McpServerTest, TrunklineClient } from "@trunkline/client";
import { at, pagesQuery } from "@/shared/api/pages";
import type { Seal } from "@/shared/api/sealing";
import type { Saved } from "@/shared/revisions/useConflicts";
import { bodyOf, type ServerFields } from "./form";

const PAGE = 100;

/** The servers of the workspace, the newest first. */
export const serversQuery = (client: TrunklineClient, id: string) =>
  pagesQuery<McpServer>(["mcp-servers", id, "list"], (cursor) => client.page("/api/mcp-servers", { query: { limit: PAGE, ...at(cursor) } }));

/** What a server answers when it is asked for its tools. It is asked whenever this is opened. */
export const testQuery = (client: TrunklineClient, id: string, serverId: string) =>
  queryOptions({
    queryKey: ["mcp-servers", id, "test", serverId],
    queryFn: () => client.mcpServers.test(serverId),
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchOnMount: "always",
  });

/** Saves it with its secrets sealed. Fails with 412 where somebody else changed it meanwhile. */
export async function saveServer(client: TrunklineClient, { draft, onto }: Saved<McpServer, ServerFields>, seal: Seal): Promise<McpServer> {
  const body = await bodyOf(draft, seal);
  if (onto === null) return client.mcpServers.create(body);
  return client.put("/api/mcp-servers/{mcp_server_id}", { path: { mcp_server_id: onto.id }, headers: { "if-match": `"${onto.revision}"` }, body });
}

export type { McpServer, McpServerTest };
