"""One settled AI call, as the journal and the database keep it."""

from __future__ import annotations

from typing import Literal

import msgspec

from trunkline.core.chat import Usage

Operation = Literal[
    "chat",
    "embeddings",
    "images",
    "speech",
    "transcriptions",
    "moderations",
    "rerank",
    "completions",
    "realtime",  # one response of a realtime session
]

Outcome = Literal[
    "ok",
    "error",  # the provider or the path to it failed, or we refused after dispatch
    "cancelled",  # the client hung up; what was used until then is counted
    "estimated",  # the process died under the call; nothing is known but that it began
]


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """A try that failed. ``status`` is the provider's HTTP status, if one came; ``error`` our kind of failure.

    The three fields of experiments are as those of :class:`Opened`: what was tried need not be what served the call in
    the end.
    """

    configuration_id: str | None
    provider: str
    model: str
    status: int | None = None
    error: str | None = None
    began_us: int = 0
    """Microseconds after the call was opened."""
    duration_us: int = 0
    waited_us: int = 0
    """How long the next one was waited for."""
    version_id: str | None = None
    phase_id: str | None = None
    unit: str | None = None
    reason: str | None = None
    """Why, in the provider's words, without keys and accounts, at most 500 characters."""


class Opened(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """What is known when a call is dispatched. ``opened_at`` is microseconds since the epoch, fixed here for ever."""

    id: str
    opened_at: int
    request_id: str
    operation: Operation
    workspace_id: str
    user_id: str
    key_id: str | None = None
    application_id: str | None = None
    configuration_id: str | None = None
    version_id: str | None = None
    route_id: str | None = None
    unfit_route_id: str | None = None
    """The route that was called, where the call does not fulfil its conditions and what it names otherwise serves."""
    feature: str | None = None
    """The slug of the feature that was used."""
    conversation_id: str | None = None
    phase_id: str | None = None
    unit: str | None = None
    """Who an experiment counts it for: a digest. None outside experiments, and for what cannot be sticky."""
    purpose: str | None = None
    """Why we made the call ourselves (``judge``, ``test``, ``title``); None for what somebody asked for."""
    tags: tuple[str, ...] = ()
    """What the caller counts it under, sorted, each once: see :mod:`trunkline.core.tags`."""
    leases: dict[str, str] = {}
    """By the hard budgets that it counts for: the lease of its process (:mod:`trunkline.gateway.budgets`)."""
    held_nanos: int | None = None
    """What was held for it of those budgets: the most that it can cost."""
    revision: int = 0
    provider: str = ""
    model: str = ""
    requested_model: str = ""
    streamed: bool = False
    trace: str | None = None
    """The caller's ``traceparent`` (:mod:`trunkline.core.trace_parent`), for telemetry; the database has it not."""


class UsageEvent(Opened, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """A call with its end. ``cost_nanos`` is None when no price is known; times are microseconds from ``opened_at``."""

    outcome: Outcome = "ok"
    status: int = 200
    error: str | None = None
    usage: Usage = Usage()
    usage_estimated: bool = False
    """Whether the provider gave no figures, so that tokens are our own count."""
    cost_nanos: int | None = None
    price_source: str | None = None
    price_missing: tuple[str, ...] = ()
    """What is not in the cost, or keeps it from being known: ``webSearches``, ``serviceTier`` …"""
    cached: bool = False
    """Whether the answer was one that had been given before."""
    saved_nanos: int | None = None
    """What that one cost; else, of a call along a route, what its first target would have cost more. None: unknown."""
    duration_us: int = 0
    first_token_us: int | None = None
    answered: str | None = None
    """The model that the answer names, where it is not the one that was asked for. For telemetry, too."""
    part: Literal["call", "end", "look"] = "call"
    """Of an answer that is made in the background the call is in the books before its end is known. ``end`` is that,
    under the same id: it fills in what the call used. A ``look`` at the answer in between adds nothing."""
    attempts: tuple[Attempt, ...] = ()
    """The tries that failed, in order, one that broke off in its stream too; a call that went well at once has none."""
