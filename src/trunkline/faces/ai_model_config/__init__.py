"""The face of programs that keep their user's models in one document."""

from trunkline.faces.ai_model_config.router import router

__all__ = ["router"]
