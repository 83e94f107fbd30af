"""Citations: which source a piece of text leans on.

https://docs.anthropic.com/en/docs/build-with-claude/citations. The indexes of this wire count characters, pages or
blocks of the *source*, while the neutral ``start`` and ``end`` count characters of the *answer*: so they stay in
``extra``, together with ``type``, which also tells citations of this dialect from others.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Citation, JsonObject, JsonValue

TITLES: Final = {
    "char_location": "document_title",
    "page_location": "document_title",
    "content_block_location": "document_title",
    "web_search_result_location": "title",
    "search_result_location": "title",
}
"""Every type of citation, and the field where it keeps the title of its source."""


def read_citation(value: JsonValue) -> Citation | None:
    """One citation; None for a type that is unknown or lacks what makes it one."""
    if not isinstance(value, dict):
        return None
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in TITLES:
        return None
    rest = dict(value)
    url = _take(rest, "url") if kind == "web_search_result_location" else None
    title = _take(rest, TITLES[kind])
    quote = _take(rest, "cited_text")
    return Citation(url=url, title=title, quote=quote, extra=rest)


def write_citation(citation: Citation, answer: str = "") -> JsonObject | None:
    """One citation for the wire; None when it has neither this wire's own form nor a URL.

    A citation from elsewhere becomes a ``web_search_result_location``. Its ``encrypted_index`` is empty, by which
    :func:`is_ours` knows it again; its words are those that it marks in ``answer``, if it quotes none.
    """
    kind = citation.extra.get("type")
    if isinstance(kind, str) and kind in TITLES:
        value: JsonObject = {**citation.extra, "cited_text": citation.quote or "", TITLES[kind]: citation.title}
        if kind == "web_search_result_location":
            value["url"] = citation.url or ""
        return value
    if citation.url is None:
        return None
    return {
        "type": "web_search_result_location",
        "url": citation.url,
        "title": citation.title,
        "cited_text": citation.quote or answer[citation.start or 0 : citation.end or 0],
        "encrypted_index": "",
    }


def is_ours(citation: Citation) -> bool:
    """Whether the vendor itself made this citation, and so takes it back."""
    extra = citation.extra
    return extra.get("type") in TITLES and extra.get("encrypted_index") != ""


def _take(source: JsonObject, key: str) -> str | None:
    value = source.pop(key, None)
    return value if isinstance(value, str) else None
