"""What an answer is kept by: a digest of all that shapes it, and of who may get it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple, cast

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.caching import Caching
from trunkline.gateway.caching.cached_answer import CacheKey
from trunkline.gateway.caching.question_text import cut_text
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.timed_chat import TimedChat
from trunkline.gateway.routing.candidate import Candidate

_TOOLS: Final = frozenset(
    {"tools", "functions", "toolConfig", "tool_config", "mcp_servers", "plugins", "web_search_options"}
)
"""Fields by which a body has its model or its provider do something besides answering."""


class Scope(NamedTuple):
    """``key`` is of everything but the ``text`` of the question: within it, what means the same has the same answer."""

    key: CacheKey
    text: str


class Question(NamedTuple):
    """What the answer of a call is kept by. ``scope`` None: the cache does not ask what it means."""

    key: CacheKey
    scope: Scope | None


class _Repeated(ValueError):
    """A field stands twice in an object: which of them counts, each reader decides for itself."""


def find_caching(candidate: Candidate) -> Caching | None:
    """What holds for calls to ``candidate``: of its feature, its route and its configuration, the first that says."""
    feature, route = candidate.feature, candidate.route
    if feature is not None and feature.caching is not None:
        return feature.caching
    if route is not None and route.caching is not None:
        return route.caching
    return candidate.entry.caching


def read_question(caching: Caching, actor: Actor, candidate: Candidate, exchange: object) -> Question | None:
    """That of a call to ``candidate``; None for one whose answer is never kept.

    That is what has tools, unless ``caching`` says otherwise, goes on from what its provider keeps, or is neither a
    chat nor an embeddings call.
    """
    # Kinds of chat that are made of it have answers with a life of their own: an id under which they are kept.
    if type(exchange) in {Chat, TimedChat}:
        assert isinstance(exchange, Chat)
        read = _read_chat(exchange, caching)
    elif type(exchange) is Embeddings:
        read = msgspec.msgpack.encode((exchange.request, "embeddings")), None
    else:
        return None
    if read is None:
        return None
    body, similar = read
    route, feature, part = candidate.route, candidate.feature, candidate.part
    who = actor.user_id if caching.scope == "user" else None
    # What writes the answer, in one of a dialect's shapes: Gemini has two for vectors.
    shape = type(exchange.dialect)
    shaped_by = (
        (shape.__module__, shape.__qualname__, exchange.model, exchange.streams),
        # All of the configuration, its sealed key too: another account may answer otherwise.
        (candidate.model, candidate.entry),
        None if route is None else (route.id, route.revision),
        None if feature is None else (feature.id, feature.slug, feature.revision),
    )
    # The rights: whoever has others may not even see that somebody has asked the same.
    rights = (actor.workspace_id, actor.application_id, actor.role, actor.scope, actor.models)
    told = msgspec.msgpack.encode((shaped_by, rights, caching, who))

    def make_key(kind: bytes, asked: bytes) -> CacheKey:
        digest = sha256(msgspec.msgpack.encode((kind, told, asked))).digest()
        return CacheKey(actor.workspace_id, part.cache_generation, digest)

    scope = None if similar is None else Scope(make_key(b"scope", similar[0]), similar[1])
    return Question(make_key(b"answer", body), scope)


def _read_chat(chat: Chat, caching: Caching) -> tuple[bytes, tuple[bytes, str] | None] | None:
    """The body in one spelling, with what of the request travels beside it; and where it is one text, what is around
    that, and the text."""
    beside = msgspec.msgpack.encode((list(chat.forwarded), chat.writes_array))
    try:
        fields: Any = json.loads(chat.body, object_pairs_hook=_read_pairs)
        body = _spell(fields)
    except (_Repeated, ValueError, RecursionError):
        # Only its reader knows what it says.
        return None
    if not isinstance(fields, dict):
        return None
    told = cast("dict[str, object]", fields)
    if not caching.with_tools and any(told.get(name) for name in _TOOLS):
        return None
    text = cut_text(told) if caching.semantic is not None else None
    return beside + body, None if text is None else (beside + _spell(told), text)


def _spell(fields: object) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _read_pairs(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _Repeated
    return fields
