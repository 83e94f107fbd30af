"""``/mcp``: Trunkline's own MCP server, and those that are registered."""

from trunkline.faces.http.router import Router
from trunkline.faces.mcp import endpoint, relay, servers

router = Router()
router.take_over(endpoint.router)
router.take_over(relay.router)
router.take_over(servers.router)

__all__ = ["router"]
