"""``/api/prices``: what models cost a workspace, in place of the prices of the list."""

from trunkline.faces.prices.prices import router

__all__ = ["router"]
