"""``/api/status``: how configurations and providers are."""

from trunkline.faces.status.status import router

__all__ = ["router"]
