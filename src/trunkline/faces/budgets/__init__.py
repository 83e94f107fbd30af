"""``/api/budgets``: what calls may cost, and what they did."""

from trunkline.faces.budgets.budgets import router

__all__ = ["router"]
