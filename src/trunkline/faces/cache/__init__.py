"""``/api/cache``: the responses that are kept."""

from trunkline.faces.cache.cache import router

__all__ = ["router"]
