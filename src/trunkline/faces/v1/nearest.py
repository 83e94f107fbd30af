"""What a client may have meant that asks for a path that nobody serves.

Most such paths come of a base URL with too much or too little in it, or of an API that is served by another name.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final, NamedTuple

from trunkline.dialects import anthropic_messages, gemini, ollama, openai_chat
from trunkline.dialects.dialect import Dialect
from trunkline.faces.v1.ollama_path import GETS, POSTS

_OPENAI: Final = "Clients of OpenAI's format have a base URL that ends in /v1."
_OLLAMA: Final = "Clients of Ollama's format have a base URL that ends in /ollama."
_OTHERS: Final = "Clients of this format have a base URL without a path."

_POSTED: Final = (
    "chat/completions",
    "responses",
    "responses/compact",
    "responses/input_tokens",
    "embeddings",
    "images/generations",
    "images/edits",
    "audio/speech",
    "audio/transcriptions",
    "moderations",
    "rerank",
    "completions",
    "messages",
    "messages/count_tokens",
    "messages/batches",
    "batches",
    "files",
)
_GOT: Final = "models"
_SESSIONS: Final = "realtime"
_ACTIONS: Final = ("generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents")
_GEMINI: Final = re.compile(r"models/(?P<model>.+?)(?::|/)(?P<action>[A-Za-z]+)")

_FOREIGN: Final = {"v2/rerank": "rerank"}
"""The names of calls elsewhere."""

_LONGEST: Final = 300
_ALIKE: Final = 0.75
_BASES: Final = frozenset({"v1", "v1beta", "api", "openai", "anthropic", "gemini", "ai"})
"""What base URLs end in, here and elsewhere."""


class Nearest(NamedTuple):
    """A call, its path, and what to know of the base URL of its clients."""

    method: str
    path: str
    hint: str
    dialect: Dialect


def find_nearest(path: str) -> Nearest | None:
    """The nearest to ``path``; None where it is like none of our calls."""
    segments = [segment for segment in path[:_LONGEST].split("/") if segment]
    whole = "/".join(segments)
    if (known := f"/ollama/{whole}") in {*POSTS, *GETS} and whole:
        return Nearest("POST" if known in POSTS else "GET", known, _OLLAMA, ollama.DIALECT)
    if whole in _FOREIGN:
        return _make(_FOREIGN[whole])
    # What ends as a call does is that call, whatever is in front of it.
    for start in range(len(segments)):
        tail = "/".join(segments[start:])
        if tail in _POSTED or tail in {_GOT, _SESSIONS}:
            return _make(tail)
        found = _GEMINI.fullmatch(tail)
        actions = get_close_matches(found["action"], _ACTIONS, 1, 0.5) if found is not None else []
        if found is not None and actions:
            return _make(f"models/{found['model']}:{actions[0]}")
        if start and segments[start] == _GOT and segments[start - 1] in _BASES and ":" not in tail:
            return _make(tail) if len(segments) - start == 2 else None
    while segments and segments[0] in _BASES:
        segments.pop(0)
    for length in range(len(segments), 0, -1):
        alike = get_close_matches("/".join(segments[:length]), (*_POSTED, _GOT, _SESSIONS), 1, _ALIKE)
        if alike:
            return _make(alike[0])
    return None


def _make(tail: str) -> Nearest:
    if ":" in tail:
        return Nearest("POST", f"/v1beta/{tail}", _OTHERS, gemini.DIALECT)
    if tail.startswith("messages"):
        return Nearest("POST", f"/v1/{tail}", _OTHERS, anthropic_messages.DIALECT)
    return Nearest("GET" if tail.startswith((_GOT, _SESSIONS)) else "POST", f"/v1/{tail}", _OPENAI, openai_chat.DIALECT)
