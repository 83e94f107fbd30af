"""The gateway over HTTP: raw ASGI over ``gateway``, without a web framework, because every call pays for it."""

from typing import Final

from trunkline.faces.v1.application import Application
from trunkline.faces.v1.load import Load

__all__ = ["PATHS", "Application", "Load"]

PATHS: Final = ("/v1/", "/v1beta/", "/upload/v1", "/download/v1", "/ollama")
"""How the paths begin that are served here. Google's clients put a word in front where bytes go by themselves."""
