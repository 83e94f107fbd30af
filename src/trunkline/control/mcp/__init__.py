"""The Model Context Protocol (https://modelcontextprotocol.io): Trunkline's own tools, and its messages."""
