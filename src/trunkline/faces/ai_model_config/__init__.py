"""The face of programs that keep their user's models in one document."""

from __future__ import annotations

from trunkline.faces.ai_model_config.document import router

__all__ = ["router"]
