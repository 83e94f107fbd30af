"""``/api/limits``: how much of what each may use."""

from trunkline.faces.limits.limits import router

__all__ = ["router"]
