"""The gateway over HTTP: raw ASGI over ``gateway``, without a web framework, because every call pays for it."""

from trunkline.faces.v1.application import Application
from trunkline.faces.v1.load import Load

__all__ = ["Application", "Load"]
