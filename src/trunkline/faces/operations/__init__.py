"""What operators and their tools ask: health, metrics, the reference of the API."""

from __future__ import annotations

from trunkline.faces.operations.operations import router

__all__ = ["router"]
