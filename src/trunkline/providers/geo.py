"""Which part of the world an address is bound to, where vendors ask another price for that.

OpenAI: https://developers.openai.com/api/docs/guides/your-data#data-residency-controls (``eu.api.openai.com``); Vertex
AI: https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/locations, where the global address alone
has no prefix. Amazon says it in the name of the model, Anthropic in each request.
"""

from __future__ import annotations

from typing import Final

_OPENAI: Final = ".api.openai.com"
_VERTEX: Final = "aiplatform.googleapis.com"


def find_geo(provider_id: str, host: str) -> str:
    """``eu``, say, or ``regional`` where every region costs the same; empty for an address that is not bound."""
    if provider_id == "openai" and host.endswith(_OPENAI):
        return host.removesuffix(_OPENAI)
    if provider_id == "vertex" and host != _VERTEX and host.endswith(("-" + _VERTEX, ".rep.googleapis.com")):
        return "regional"
    return ""
