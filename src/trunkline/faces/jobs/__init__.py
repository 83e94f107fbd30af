"""The face of long work: ``/api/jobs``."""

from __future__ import annotations

from trunkline.faces.jobs.jobs import router

__all__ = ["router"]
