"""MCP servers of others, which a workspace reaches through the gateway."""
