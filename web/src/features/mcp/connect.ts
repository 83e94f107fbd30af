const MCP = "/mcp";

/** Where programs reach a server; without one, Trunkline's own tools. */
export function pathOf(name: string | null): string {
  return name === null ? MCP : `${MCP}/${name}`;
}

/** How programs are told of it, each by what its own documentation asks for. */
export function programsOf(name: string | null, server: string): { name: string; code: string }[] {
  const url = server + pathOf(name);
  const called = name ?? "trunkline";
  return [
    { name: "Claude Code", code: `claude mcp add --transport http ${called} \\\n  ${url} \\\n  --header "Authorization: Bearer tl-…"` },
    { name: "Cursor", code: json({ mcpServers: { [called]: { url, headers: { Authorization: "Bearer ${env:TRUNKLINE_API_KEY}" } } } }) },
    {
      name: "VS Code",
      code: json({
        inputs: [{ type: "promptString", id: "trunkline-key", description: "Trunkline API key", password: true }],
        servers: { [called]: { type: "http", url, headers: { Authorization: "Bearer ${input:trunkline-key}" } } },
      }),
    },
  ];
}

const json = (value: object): string => JSON.stringify(value, null, 2);
