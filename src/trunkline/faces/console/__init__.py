"""The pages for people."""

from __future__ import annotations

from trunkline.faces.console.console import router

__all__ = ["router"]
