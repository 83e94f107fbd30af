"""Why a provider failed, read from its words, and what that means: whether a retry or another target can help.

A status says too little: llama.cpp answers 500 to a picture that it has no projector for, and Ollama 500 where memory
is short. What is in :mod:`trunkline.providers.reason_rows` is data.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.errors import Fault, UpstreamError, UpstreamKind
from trunkline.providers.reason_rows import ROWS, ReasonName

_LOOKED_AT: Final[frozenset[UpstreamKind]] = frozenset(
    {"server", "overloaded", "bad_request", "not_found", "too_large", "timeout", "permission", "rate_limit"}
)
"""Kinds that say little of the cause. A rejected key or an empty account is the reason already."""

_NEVER_SERVED: Final = frozenset({501, 505, 510, 511})
"""Statuses of a server that will not do this, however often it is asked.
https://www.rfc-editor.org/rfc/rfc9110#section-15.6.2
"""


class Reason(msgspec.Struct, frozen=True):
    """What a cause means.

    ``kind`` is what the failure is from now on; None: what its status says. ``fault`` is whose it is. ``sentence`` is
    ours for the caller, before the provider's own words.
    """

    kind: UpstreamKind | None
    fault: Fault
    sentence: str | None = None


REASONS: Final[dict[ReasonName, Reason]] = {
    "out_of_memory": Reason("server", "target", "The provider has too little memory for this model or request."),
    "device_failed": Reason("server", "target", "The provider's graphics processor failed."),
    "disk_full": Reason("server", "target", "The provider's disk is full."),
    "engine_dead": Reason("server", "target", "The provider's engine has stopped: it must be started again."),
    "model_broken": Reason("server", "target", "The provider cannot load this model."),
    "too_old": Reason("server", "target", "The provider's software is too old for this model."),
    "no_embeddings": Reason("bad_request", "target", "The provider makes no embeddings with this model as it runs."),
    "no_chat": Reason("bad_request", "target", "The provider does not chat with this model as it runs."),
    "no_ranking": Reason("bad_request", "target", "The provider does not rank with this model as it runs."),
    "no_vision": Reason("bad_request", "target", "This model takes no pictures as the provider runs it."),
    "no_sound": Reason("bad_request", "target", "This model takes no sound as the provider runs it."),
    "no_tools": Reason("bad_request", "target", "This model takes no tools as the provider runs it."),
    "no_thinking": Reason("bad_request", "target", "This model does not think as the provider runs it."),
    "no_such_turn": Reason("bad_request", "target", "This model's template does not take such a conversation."),
    "not_loaded": Reason("not_found", "target", "The provider has not loaded this model."),
    "not_offered": Reason("not_found", "target", "The provider does not offer this model in this way."),
    "wrong_place": Reason("permission", "target", "The provider does not serve this place."),
    "context_exceeded": Reason("too_large", "request", "The request is longer than the model's context."),
    "bad_media": Reason("bad_request", "request", "The provider cannot read the picture or sound."),
    "bad_schema": Reason("bad_request", "request", "The provider cannot use the schema or grammar."),
    "loading": Reason("overloaded", "moment", "The provider is still loading the model."),
    "busy": Reason("overloaded", "moment", None),
}


def find_reason(error: UpstreamError) -> ReasonName | None:
    """What the provider's words tell of the cause; None where they tell nothing that is known."""
    if error.kind not in _LOOKED_AT:
        return None
    words = error.detail or error.message
    code = error.upstream_code or ""
    for row in ROWS:
        if (row.code is not None and row.code == code) or (row.words is not None and row.words.search(words)):
            return row.name
    return None


def explain(error: UpstreamError) -> None:
    """Write into ``error`` what its words tell: its kind, whose fault it is, and a sentence for the caller."""
    name = find_reason(error)
    if name is None:
        if error.status in _NEVER_SERVED:
            error.at_fault = "target"
        return
    reason = REASONS[name]
    error.reason, error.at_fault = name, reason.fault
    # A limit or a refusal by status is told better by it.
    if reason.kind is not None and error.kind not in {"rate_limit", "permission"}:
        error.kind = reason.kind
    if reason.sentence is not None:
        error.detail = error.detail or _own_words(error.message)
        error.message = reason.sentence


def _own_words(message: str) -> str:
    return re.sub(r"^The provider broke off: ", "", message)
