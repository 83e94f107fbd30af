"""Sources of what the model says.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html. ``location`` and ``source`` stay as
they came in ``extra``; an address on the web is besides the neutral ``url``.
"""

from __future__ import annotations

from trunkline.core.chat import Citation, JsonObject, JsonValue

_KEPT = ("location", "source")


def read_citation(value: JsonValue) -> Citation | None:
    """One citation; None for what is none. Never raises."""
    if not isinstance(value, dict):
        return None
    location = value.get("location")
    web = location.get("web") if isinstance(location, dict) else None
    content = value.get("sourceContent")
    quotes = [_text(piece, "text") or "" for piece in content] if isinstance(content, list) else []
    return Citation(
        url=_text(web, "url"),
        title=_text(value, "title"),
        quote="".join(quotes) or None,
        extra={key: value[key] for key in _KEPT if value.get(key) is not None},
    )


def write_citation(citation: Citation) -> JsonObject:
    """The wire's form. Places in the text have no word on this wire."""
    wire: JsonObject = {}
    if citation.title is not None:
        wire["title"] = citation.title
    if citation.quote is not None:
        wire["sourceContent"] = [{"text": citation.quote}]
    if citation.url is not None:
        wire["location"] = {"web": {"url": citation.url}}
    return {**wire, **{key: citation.extra[key] for key in _KEPT if key in citation.extra}}


def is_ours(citation: Citation) -> bool:
    """Whether this wire said it, and so takes it back."""
    return isinstance(citation.extra.get("location"), dict)


def _text(source: JsonValue, key: str) -> str | None:
    value = source.get(key) if isinstance(source, dict) else None
    return value if isinstance(value, str) else None
