"""The usage face: ``/api/usage``, and ``/api/configurations/{id}/usage``."""

from __future__ import annotations

from trunkline.faces.usage.usage import router

__all__ = ["router"]
