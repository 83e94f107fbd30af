"""``/mcp``: Trunkline's own MCP server."""

from trunkline.faces.http.router import Router
from trunkline.faces.mcp import endpoint

router = Router()
router.take_over(endpoint.router)

__all__ = ["router"]
