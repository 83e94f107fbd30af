"""Sources of an answer: ``groundingMetadata`` (https://ai.google.dev/api/generate-content#GroundingMetadata) and
``citationMetadata``. Places are bytes of the UTF-8 text on this wire, and characters in the neutral form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from trunkline.core.chat import Citation, JsonValue


def read_sources(
    grounding: Mapping[str, JsonValue] | None, citations: Mapping[str, JsonValue] | None, texts: Mapping[int, str]
) -> Iterator[tuple[int, Citation]]:
    """Citations, each with the number of the part that it belongs to. ``texts`` are the parts that are text."""
    if not texts:
        return
    if grounding is not None:
        yield from _grounded(grounding, texts)
    if citations is not None:
        # The Gemini API says citationSources, Vertex AI says citations.
        first = next(iter(texts))
        for source in _objects(citations.get("citationSources") or citations.get("citations")):
            start, end = _place(source, texts[first])
            yield first, Citation(url=_text(source, "uri"), title=_text(source, "title"), start=start, end=end)


def _grounded(grounding: Mapping[str, JsonValue], texts: Mapping[int, str]) -> Iterator[tuple[int, Citation]]:
    chunks = [_source(chunk) for chunk in _objects(grounding.get("groundingChunks"))]
    supports = list(_objects(grounding.get("groundingSupports")))
    if not supports:
        last = max(texts)
        for url, title in chunks:
            if url or title:
                yield last, Citation(url=url, title=title)
        return
    for support in supports:
        segment = support.get("segment")
        segment = segment if isinstance(segment, dict) else {}
        part = segment.get("partIndex")
        number = part if isinstance(part, int) and part in texts else next(iter(texts))
        start, end = _place(segment, texts[number])
        indices = support.get("groundingChunkIndices")
        for index in indices if isinstance(indices, list) else ():
            if isinstance(index, int) and 0 <= index < len(chunks):
                url, title = chunks[index]
                yield number, Citation(url=url, title=title, quote=_text(segment, "text"), start=start, end=end)


class Searches(NamedTuple):
    """How often the web was searched for an answer and whether maps were, which is paid for."""

    web: int = 0
    maps: int = 0

    def most(self, other: Searches) -> Searches:
        """The larger counts: pieces of a stream repeat what was told before."""
        return Searches(max(self.web, other.web), max(self.maps, other.maps))


NO_SEARCHES: Final = Searches()


def count_searches(grounding: Mapping[str, JsonValue] | None) -> Searches:
    """The queries to the web and for pictures; an answer that shows places has asked the maps once.

    https://ai.google.dev/gemini-api/docs/google-search#pricing, https://ai.google.dev/gemini-api/docs/maps-grounding
    """
    if grounding is None:
        return NO_SEARCHES
    queries = (grounding.get("webSearchQueries"), grounding.get("imageSearchQueries"))
    placed = any("maps" in chunk for chunk in _objects(grounding.get("groundingChunks")))
    return Searches(sum(len(one) for one in queries if isinstance(one, list)), int(placed))


def add_searches(searches: Iterable[Searches]) -> Searches:
    """Those of several candidates."""
    found = tuple(searches)
    return Searches(sum(one.web for one in found), sum(one.maps for one in found)) if found else NO_SEARCHES


def write_grounding(texts: Sequence[tuple[int, str, Sequence[Citation]]]) -> dict[str, JsonValue] | None:
    """``groundingMetadata`` for texts, each with the number of its part and its citations; None without citations."""
    chunks: list[tuple[str | None, str | None]] = []
    supports: list[JsonValue] = []
    for number, text, citations in texts:
        for citation in citations:
            source = (citation.url, citation.title)
            if source not in chunks:
                chunks.append(source)
            segment: dict[str, JsonValue] = {}
            if number:
                segment["partIndex"] = number
            if citation.start is not None and citation.end is not None and citation.end <= len(text):
                segment["startIndex"] = len(text[: citation.start].encode())
                segment["endIndex"] = len(text[: citation.end].encode())
            if citation.quote is not None:
                segment["text"] = citation.quote
            supports.append({"segment": segment, "groundingChunkIndices": [chunks.index(source)]})
    if not supports:
        return None
    named: list[JsonValue] = [
        {"web": {name: value for name, value in (("uri", url), ("title", title)) if value is not None}}
        for url, title in chunks
    ]
    return {"groundingChunks": named, "groundingSupports": supports}


def _source(chunk: Mapping[str, JsonValue]) -> tuple[str | None, str | None]:
    for kind in ("web", "retrievedContext", "maps", "image"):
        source = chunk.get(kind)
        if isinstance(source, dict):
            return _text(source, "uri") or _text(source, "sourceUri"), _text(source, "title")
    return None, None


def _place(segment: Mapping[str, JsonValue], text: str) -> tuple[int | None, int | None]:
    end = segment.get("endIndex")
    start = segment.get("startIndex") or 0  # a zero is left out on this wire
    if not isinstance(end, int) or not isinstance(start, int) or not 0 <= start <= end:
        return None, None
    if text.isascii():
        return (start, end) if end <= len(text) else (None, None)
    raw = text.encode()
    if end > len(raw):
        return None, None
    return len(raw[:start].decode(errors="ignore")), len(raw[:end].decode(errors="ignore"))


def _objects(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def _text(value: Mapping[str, JsonValue], name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None
