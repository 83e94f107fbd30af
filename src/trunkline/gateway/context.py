"""What a call is part of, beyond what its body says."""

from __future__ import annotations

import msgspec


class CallContext(msgspec.Struct, frozen=True, kw_only=True):
    """``unit`` is who an experiment counts the call for: the end user that the program names, if it names one.

    ``conversation_id`` is the conversation that it continues. ``purpose`` is set for calls that we make ourselves
    (``judge``, ``test``, ``title``, ``cache``), so that accounts tell them apart. Policies look at all but those of the
    judge.
    ``tags`` are what the caller counts it under (:func:`trunkline.core.tags.read_tags`); ``targets`` those of its route
    that the caller leaves, by id or name, all where it names none. ``cache_control`` holds its words on answers that
    are kept (:mod:`trunkline.core.caching`). ``keeper`` is the configuration in whose account a file is that the call
    names, which alone can serve it. ``trace`` is the caller's ``traceparent``; no provider is told of it.
    """

    unit: str | None = None
    conversation_id: str | None = None
    purpose: str | None = None
    tags: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    cache_control: frozenset[str] = frozenset()
    keeper: str | None = None
    trace: str | None = None


JUDGE = "judge"
"""The purpose of a call that asks whether another one breaks a policy. No policy looks at it."""

CACHE = "cache"
"""The purpose of a call that makes a vector of a question, by which the cache knows what means the same."""

OURS = frozenset({JUDGE, CACHE})
"""The purposes of calls that one of somebody's makes needful: no limit counts them for themselves."""

NOTHING = CallContext()
"""A call that is part of nothing."""
