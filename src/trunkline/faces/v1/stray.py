"""Requests that nobody serves, answered in the words of the client that sent them."""

from __future__ import annotations

from collections.abc import Iterable

from trunkline.core.errors import NotFound
from trunkline.dialects import anthropic_messages, gemini
from trunkline.dialects.dialect import Dialect
from trunkline.faces.v1.nearest import find_nearest
from trunkline.faces.v1.ollama_path import describe_missing, is_ollama


def make_stray_error(method: str, path: str) -> NotFound:
    """The error for a path that is none of ours. It names the nearest."""
    if is_ollama(path):
        return NotFound(describe_missing(method, path), code="unknown_path")
    words = _describe(method, path) or f"There is no {method} {path} here. GET /docs lists what there is."
    return NotFound(words, code="unknown_path")


def answer_stray(method: str, path: str, headers: Iterable[tuple[bytes, bytes]], request_id: str) -> bytes | None:
    """What the client is told of a path outside of ``/v1`` that looks like a call, with a 404; None for others."""
    nearest = find_nearest(path)
    words = _describe(method, path)
    if nearest is None or words is None:
        return None
    names = {name for name, _ in headers}
    dialect: Dialect = nearest.dialect
    if b"anthropic-version" in names:
        dialect = anthropic_messages.DIALECT
    elif b"x-goog-api-key" in names:
        dialect = gemini.DIALECT
    return dialect.write_error(NotFound(words, code="unknown_path"), 404, request_id)


def _describe(method: str, path: str) -> str | None:
    nearest = find_nearest(path)
    if nearest is None:
        return None
    return f"There is no {method} {path} here. Did you mean {nearest.method} {nearest.path}? {nearest.hint}"
