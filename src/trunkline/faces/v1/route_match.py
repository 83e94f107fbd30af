"""What a request asks for, by its method and path, and in which dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from trunkline.dialects import anthropic_messages, gemini, ollama, openai_chat, openai_responses
from trunkline.dialects.dialect import Dialect
from trunkline.faces.v1 import ollama_path
from trunkline.faces.v1.batches.batch_path import BatchPath, find_batch_methods, read_batch_path
from trunkline.faces.v1.batches.service import DIALECTS
from trunkline.faces.v1.nearest import find_nearest
from trunkline.faces.v1.ollama_path import State
from trunkline.faces.v1.stored import read_stored_path
from trunkline.gateway.exchanges.recall import Action

OperationKind = Literal["images", "edits", "speech", "transcriptions", "moderations", "rerank", "completions"]
Kind = (
    Literal[
        "chat",
        "responses",
        "compact",
        "input_tokens",
        "stored",
        "embeddings",
        "count",
        "models",
        "batches",
        "realtime",
        "show",
        "state",
        "nothing",
    ]
    | OperationKind
)


class RouteMatch(msgspec.Struct, frozen=True, kw_only=True):
    """``model`` and ``stream`` are set where they stand in the URL. ``name`` is the one model or stored answer that is
    asked about.

    ``array``: a Gemini client that wants its stream as one JSON array. ``batch``: one that sends several texts at once.
    """

    kind: Kind
    dialect: Dialect
    model: str | None = None
    stream: bool | None = None
    array: bool = False
    batch: bool = True
    name: str = ""
    action: Action = "get"
    """What is asked about the stored answer ``name``."""
    asked: BatchPath | None = None
    """What is asked about files and batches."""
    state: State | None = None
    """What a client of Ollama asks for without a body."""
    allowed: tuple[str, ...] = ()
    """The methods that a path has which has not this one."""


_OPENAI: Final[Dialect] = openai_chat.DIALECT
_ANTHROPIC: Final[Dialect] = anthropic_messages.DIALECT
_GEMINI: Final[Dialect] = gemini.DIALECT

POSTS: Final[Mapping[str, RouteMatch]] = {
    "/v1/chat/completions": RouteMatch(kind="chat", dialect=_OPENAI),
    "/v1/responses": RouteMatch(kind="responses", dialect=openai_responses.DIALECT),
    "/v1/responses/compact": RouteMatch(kind="compact", dialect=openai_responses.DIALECT),
    "/v1/responses/input_tokens": RouteMatch(kind="input_tokens", dialect=openai_responses.DIALECT),
    "/v1/embeddings": RouteMatch(kind="embeddings", dialect=_OPENAI),
    "/v1/images/generations": RouteMatch(kind="images", dialect=_OPENAI),
    "/v1/images/edits": RouteMatch(kind="edits", dialect=_OPENAI),
    "/v1/audio/speech": RouteMatch(kind="speech", dialect=_OPENAI),
    "/v1/audio/transcriptions": RouteMatch(kind="transcriptions", dialect=_OPENAI),
    "/v1/moderations": RouteMatch(kind="moderations", dialect=_OPENAI),
    "/v1/rerank": RouteMatch(kind="rerank", dialect=_OPENAI),
    "/v1/completions": RouteMatch(kind="completions", dialect=_OPENAI),
    "/v1/messages": RouteMatch(kind="chat", dialect=_ANTHROPIC),
    "/v1/messages/count_tokens": RouteMatch(kind="count", dialect=_ANTHROPIC),
}
"""What is posted to a path without names in it."""

# https://ai.google.dev/api: google-genai sends /v1beta/… or, from version 3 on, /v1/… A model's name may hold slashes.
_GEMINI_CALL: Final = re.compile(r"/v1(?:beta)?/models/(.+):([A-Za-z]+)")
_GEMINI_PATHS: Final = ("/v1beta/", "/upload/", "/download/")
REALTIME: Final = "/v1/realtime"
_MODELS: Final = re.compile(r"/v1(beta)?/models(?:/(.+))?")


def read_path(method: str, path: str, query: bytes, *, anthropic: bool, google: bool) -> RouteMatch:
    """What is asked. ``anthropic`` and ``google``: whether the headers are those of such a client.

    What nobody serves is of kind ``nothing``, in the dialect in which that should be said.
    """
    if method == "POST":
        known = POSTS.get(path)
        if known is not None:
            return known
    if ollama_path.is_ollama(path):
        return _ollama(method, path)
    asked = _read_batches(method, path, anthropic, google)
    if asked is not None:
        return asked
    if method == "POST":
        found = _GEMINI_CALL.fullmatch(path)
        if found is not None:
            route = _gemini(found[1], found[2], query)
            if route is not None:
                return route
    elif method in {"GET", "HEAD"}:
        # What serves it leaves the body out.
        method = "GET"
        if path == REALTIME:
            return RouteMatch(kind="realtime", dialect=_OPENAI)
        found = _MODELS.fullmatch(path)
        if found is not None:
            return RouteMatch(kind="models", dialect=_dialect_of(path, anthropic, google), name=found[2] or "")
    stored = read_stored_path(method, path)
    if stored is not None:
        return RouteMatch(kind="stored", dialect=openai_responses.DIALECT, action=stored[0], name=stored[1])
    known = POSTS.get(path)
    dialect = _dialect_of(path, anthropic, google) if known is None else known.dialect
    return RouteMatch(kind="nothing", dialect=dialect, allowed=_find_methods(path, anthropic, google))


def _ollama(method: str, path: str) -> RouteMatch:
    posted, got = ollama_path.POSTS.get(path), ollama_path.GETS.get(path)
    if posted is not None and method == "POST":
        return RouteMatch(kind=posted[0], dialect=posted[1])
    if got is not None and method in {"GET", "HEAD"}:
        return RouteMatch(kind="state", dialect=ollama.DIALECT, state=got)
    allowed = ("POST",) if posted is not None else ("GET", "HEAD") if got is not None else ()
    return RouteMatch(kind="nothing", dialect=ollama.DIALECT, allowed=allowed)


def _read_batches(method: str, path: str, anthropic: bool, google: bool) -> RouteMatch | None:
    asked = read_batch_path("GET" if method == "HEAD" else method, path, anthropic=anthropic, google=google)
    return None if asked is None else RouteMatch(kind="batches", dialect=DIALECTS[asked.wire], asked=asked)


def _find_methods(path: str, anthropic: bool, google: bool) -> tuple[str, ...]:
    methods = find_batch_methods(path, anthropic=anthropic, google=google)
    methods |= {method for method in ("GET", "POST", "DELETE") if read_stored_path(method, path) is not None}
    if path in POSTS or ((found := _GEMINI_CALL.fullmatch(path)) is not None and _gemini(found[1], found[2], b"")):
        methods = {"POST"}
    elif path == REALTIME:
        return ("GET",)
    elif _MODELS.fullmatch(path) is not None and ((nearest := find_nearest(path)) is None or nearest.method == "GET"):
        methods = {"GET"}
    return tuple(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _gemini(model: str, action: str, query: bytes) -> RouteMatch | None:
    match action:
        case "generateContent":
            return RouteMatch(kind="chat", dialect=_GEMINI, model=model, stream=False)
        case "streamGenerateContent":
            array = b"alt=sse" not in query.split(b"&")
            return RouteMatch(kind="chat", dialect=_GEMINI, model=model, stream=True, array=array)
        case "countTokens":
            return RouteMatch(kind="count", dialect=_GEMINI, model=model)
        case "embedContent" | "batchEmbedContents":
            return RouteMatch(kind="embeddings", dialect=_GEMINI, model=model, batch=action == "batchEmbedContents")
        case _:
            return None


def _dialect_of(path: str, anthropic: bool, google: bool) -> Dialect:
    if anthropic:
        return _ANTHROPIC
    if google:
        return _GEMINI
    nearest = None if _MODELS.fullmatch(path) is not None else find_nearest(path)
    if nearest is not None:
        return nearest.dialect
    return _GEMINI if path.startswith(_GEMINI_PATHS) else _OPENAI
