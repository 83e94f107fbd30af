"""Annotations of a text: https://platform.openai.com/docs/api-reference/responses/object#responses-object-output."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Citation, JsonValue

NAME: Final = "openai_responses"
"""The dialect's name."""


def read_annotation(wire: JsonValue) -> Citation | None:
    """A source. What cites a file is kept whole in ``extra``, with the file's name as its title. None for no object."""
    if not isinstance(wire, dict):
        return None
    start, end = _place(wire.get("start_index")), _place(wire.get("end_index"))
    if wire.get("type") == "url_citation":
        return Citation(_text(wire.get("url")), _text(wire.get("title")), _text(wire.get("content")), start, end)
    return Citation(title=_text(wire.get("filename")), start=start, end=end, extra={NAME: wire})


def write_annotation(citation: Citation) -> dict[str, JsonValue] | None:
    """The annotation; None for a source without an address, which this wire cannot express."""
    own = citation.extra.get(NAME)
    if isinstance(own, dict):
        return own
    if citation.url is None:
        return None
    wire: dict[str, JsonValue] = {
        "type": "url_citation",
        "url": citation.url,
        "title": citation.title or "",
        "start_index": citation.start or 0,
        "end_index": citation.end or 0,
    }
    if citation.quote is not None:
        wire["content"] = citation.quote  # as OpenRouter writes it
    return wire


def write_annotations(citations: tuple[Citation, ...]) -> list[JsonValue]:
    """All that can be written."""
    return [wire for citation in citations if (wire := write_annotation(citation)) is not None]


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _place(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
