import type { Http } from "./http.js";
import type { AnswerOf, BodyOf, QueryOf } from "./operation.js";

/** A new MCP server. Its secrets may be in plain, over TLS, or sealed (`sealKey`). */
export type CreateMcpServerRequest = BodyOf<"/api/mcp-servers", "post">;
export type UpdateMcpServerRequest = BodyOf<"/api/mcp-servers/{mcp_server_id}", "put">;
export type McpServerQuery = QueryOf<"/api/mcp-servers", "get">;
export type McpServer = AnswerOf<"/api/mcp-servers/{mcp_server_id}", "get">;

/** Its tools, or what is wrong. */
export type McpServerTest = AnswerOf<"/api/mcp-servers/{mcp_server_id}/test", "post">;

/** `/api/mcp-servers`: MCP servers that programs reach at `/mcp/<name>`. */
export class McpServers {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(data: CreateMcpServerRequest): Promise<McpServer> {
    return this.#http.json("post", "/api/mcp-servers", { body: data });
  }

  /** A page of them, the newest first. */
  list(query: McpServerQuery = {}): Promise<McpServer[]> {
    return this.#http.json("get", "/api/mcp-servers", { query });
  }

  get(serverId: string): Promise<McpServer> {
    return this.#http.json("get", "/api/mcp-servers/{serverId}", { path: { serverId } });
  }

  update(serverId: string, data: UpdateMcpServerRequest): Promise<McpServer> {
    return this.#http.json("put", "/api/mcp-servers/{serverId}", { path: { serverId }, body: data });
  }

  async delete(serverId: string): Promise<void> {
    await this.#http.json("delete", "/api/mcp-servers/{serverId}", { path: { serverId } });
  }

  /** Asks it for its tools, now. A failure is told in the answer, not thrown. */
  test(serverId: string): Promise<McpServerTest> {
    return this.#http.json("post", "/api/mcp-servers/{serverId}/test", { path: { serverId } });
  }
}
