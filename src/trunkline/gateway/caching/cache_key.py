"""What an answer is kept by: a digest of all that shapes it, and of who may get it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, cast

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.caching import Caching
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.routing.candidate import Candidate

_TOOLS: Final = frozenset(
    {"tools", "functions", "toolConfig", "tool_config", "mcp_servers", "plugins", "web_search_options"}
)
"""Fields by which a body has its model or its provider do something besides answering."""


class _Repeated(ValueError):
    """A field stands twice in an object: which of them counts, each reader decides for itself."""


def find_key(caching: Caching, actor: Actor, candidate: Candidate, exchange: object) -> bytes | None:
    """The key of a call to ``candidate``; None for one whose answer is never kept.

    That is what has tools, unless ``caching`` says otherwise, goes on from what its provider keeps, or is neither a
    chat nor an embeddings call.
    """
    # Kinds of chat that are made of it have answers with a life of their own: an id under which they are kept.
    if type(exchange) is Chat:
        body = _read_chat(exchange, caching.with_tools)
    elif type(exchange) is Embeddings:
        body = msgspec.msgpack.encode((exchange.request, "embeddings"))
    else:
        return None
    if body is None:
        return None
    route, feature = candidate.route, candidate.feature
    who = actor.user_id if caching.scope == "user" else None
    # What writes the answer, in one of a dialect's shapes: Gemini has two for vectors.
    shape = type(exchange.dialect)
    shaped_by = (
        (shape.__module__, shape.__qualname__, exchange.model, exchange.streams, body),
        # All of the configuration, its sealed key too: another account may answer otherwise.
        (candidate.model, candidate.entry),
        None if route is None else (route.id, route.revision),
        None if feature is None else (feature.id, feature.revision),
    )
    # The rights: whoever has others may not even see that somebody has asked the same.
    rights = (actor.workspace_id, actor.application_id, actor.role, actor.scope, actor.models)
    return sha256(msgspec.msgpack.encode((shaped_by, rights, caching.scope, who))).digest()


def _read_chat(chat: Chat, with_tools: bool) -> bytes | None:
    """The body in one spelling, with what of the request travels beside it."""
    beside = msgspec.msgpack.encode((list(chat.forwarded), chat.writes_array))
    try:
        fields: Any = json.loads(chat.body, object_pairs_hook=_read_pairs)
        body = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    except (_Repeated, ValueError, RecursionError):
        # Only its reader knows what it says.
        return None
    if not isinstance(fields, dict):
        return None
    told = cast("dict[str, object]", fields)
    return None if not with_tools and any(told.get(name) for name in _TOOLS) else beside + body


def _read_pairs(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _Repeated
    return fields
