"""What is asked about files and batches, by method and path."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from trunkline.gateway.batches.batch_record import Wire

Action = Literal["create", "create_embeddings", "list", "get", "delete", "cancel", "content", "results"]


class BatchPath(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` is the id, or the model of Gemini's creation."""

    wire: Wire
    subject: Literal["file", "batch"]
    action: Action
    name: str = ""


_ID: Final = r"([A-Za-z0-9_-]{1,128})"

_PATHS: Final[tuple[tuple[Wire, Literal["file", "batch"], str, str, Action], ...]] = (
    ("openai", "file", "POST", r"/v1/files", "create"),
    ("openai", "file", "GET", r"/v1/files", "list"),
    ("openai", "file", "GET", rf"/v1/files/{_ID}", "get"),
    ("openai", "file", "DELETE", rf"/v1/files/{_ID}", "delete"),
    ("openai", "file", "GET", rf"/v1/files/{_ID}/content", "content"),
    ("openai", "batch", "POST", r"/v1/batches", "create"),
    ("openai", "batch", "GET", r"/v1/batches", "list"),
    ("openai", "batch", "GET", rf"/v1/batches/{_ID}", "get"),
    ("openai", "batch", "POST", rf"/v1/batches/{_ID}/cancel", "cancel"),
    ("anthropic", "file", "POST", r"/v1/files", "create"),
    ("anthropic", "file", "GET", r"/v1/files", "list"),
    ("anthropic", "file", "GET", rf"/v1/files/{_ID}", "get"),
    ("anthropic", "file", "DELETE", rf"/v1/files/{_ID}", "delete"),
    ("anthropic", "file", "GET", rf"/v1/files/{_ID}/content", "content"),
    ("anthropic", "batch", "POST", r"/v1/messages/batches", "create"),
    ("anthropic", "batch", "GET", r"/v1/messages/batches", "list"),
    ("anthropic", "batch", "GET", rf"/v1/messages/batches/{_ID}", "get"),
    ("anthropic", "batch", "DELETE", rf"/v1/messages/batches/{_ID}", "delete"),
    ("anthropic", "batch", "POST", rf"/v1/messages/batches/{_ID}/cancel", "cancel"),
    ("anthropic", "batch", "GET", rf"/v1/messages/batches/{_ID}/results", "results"),
    ("gemini", "batch", "POST", r"/v1(?:beta)?/models/(.+):batchGenerateContent", "create"),
    ("gemini", "batch", "POST", r"/v1(?:beta)?/models/(.+):asyncBatchEmbedContent", "create_embeddings"),
    ("gemini", "batch", "GET", r"/v1(?:beta)?/batches", "list"),
    ("gemini", "batch", "GET", rf"/v1(?:beta)?/batches/{_ID}", "get"),
    ("gemini", "batch", "DELETE", rf"/v1(?:beta)?/batches/{_ID}", "delete"),
    ("gemini", "batch", "POST", rf"/v1(?:beta)?/batches/{_ID}:cancel", "cancel"),
    ("gemini", "file", "POST", r"/upload/v1(?:beta)?/files", "create"),
    ("gemini", "file", "GET", r"/v1(?:beta)?/files", "list"),
    ("gemini", "file", "GET", rf"/v1(?:beta)?/files/{_ID}", "get"),
    ("gemini", "file", "DELETE", rf"/v1(?:beta)?/files/{_ID}", "delete"),
    ("gemini", "file", "GET", rf"(?:/download)?/v1(?:beta)?/files/{_ID}:download", "content"),
)
_COMPILED: Final = [(re.compile(row[3]), row) for row in _PATHS]
_LIKELY: Final = re.compile(
    r"(?:/upload|/download)?/v1(?:beta)?/(?:files|batches|messages/batches)(?:[/:]|$)"
    r"|.*:(?:batchGenerateContent|asyncBatchEmbedContent)$"
)


def read_batch_path(method: str, path: str, *, anthropic: bool, google: bool) -> BatchPath | None:
    """What is asked; None where that is nothing here. ``anthropic`` and ``google``: whether such a client asks."""
    if _LIKELY.match(path) is None:
        return None
    for pattern, (wire, subject, asked, _, action) in _COMPILED:
        if method != asked or wire not in _find_wires(path, anthropic, google):
            continue
        found = pattern.fullmatch(path)
        if found is not None:
            return BatchPath(wire=wire, subject=subject, action=action, name=found[1] if pattern.groups else "")
    return None


def find_batch_methods(path: str, *, anthropic: bool, google: bool) -> set[str]:
    """The methods that a path has."""
    methods = ("GET", "POST", "DELETE")
    return {each for each in methods if read_batch_path(each, path, anthropic=anthropic, google=google) is not None}


def _find_wires(path: str, anthropic: bool, google: bool) -> tuple[Wire, ...]:
    """Whose path it is. ``/v1/batches`` and ``/v1/files`` are OpenAI's, unless another client says that it asks."""
    if not path.startswith(("/v1/files", "/v1/batches")):
        return ("anthropic", "gemini")
    if google or path.endswith(":download"):
        return ("gemini",)
    return ("anthropic",) if anthropic and path.startswith("/v1/files") else ("openai",)
