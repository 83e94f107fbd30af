"""What a client of Ollama asks for, by its path below ``/ollama``.

https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from trunkline.dialects import ollama
from trunkline.dialects.dialect import Dialect

BASE: Final = "/ollama"

State = Literal["tags", "running", "version", "alive"]
"""What is asked for without a body: all models, those that are loaded, the version, and whether somebody is there."""

_CHAT: Final[Dialect] = ollama.DIALECT

POSTS: Final[Mapping[str, tuple[Literal["chat", "embeddings", "show"], Dialect]]] = {
    "/ollama/api/chat": ("chat", _CHAT),
    "/ollama/api/generate": ("chat", ollama.GENERATE),
    "/ollama/api/embed": ("embeddings", _CHAT),
    "/ollama/api/embeddings": ("embeddings", ollama.EMBEDDINGS),
    "/ollama/api/show": ("show", _CHAT),
}

GETS: Final[Mapping[str, State]] = {
    "/ollama": "alive",
    "/ollama/": "alive",
    "/ollama/api/tags": "tags",
    "/ollama/api/ps": "running",
    "/ollama/api/version": "version",
}

_MANAGED: Final = ("pull", "push", "create", "copy", "delete", "blobs")


def is_ollama(path: str) -> bool:
    """Whether the path is one of this face, be there anything or not."""
    return path == BASE or path.startswith(BASE + "/")


def describe_missing(method: str, path: str) -> str:
    """What to tell the client of a path at which there is nothing."""
    word = path.removeprefix(BASE).removeprefix("/api/").partition("/")[0]
    if word in _MANAGED:
        return (
            f"There is no {method} {path} here: models are not files of this server."
            " Add one as a configuration, in the console or with POST /api/configurations."
        )
    calls = ", ".join(known.removeprefix(BASE) for known in (*POSTS, *GETS) if known.startswith(BASE + "/api/"))
    return f"There is no {method} {path} here. Of Ollama's API there are, below {BASE}: {calls}."
