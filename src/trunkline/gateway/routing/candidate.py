"""One thing that may serve a call."""

from __future__ import annotations

import msgspec

from trunkline.gateway.snapshot import (
    ConfigurationEntry,
    FeatureEntry,
    RouteEntry,
    RouteTargetEntry,
    Trial,
    WorkspacePart,
)


class Candidate(msgspec.Struct, frozen=True):
    """A configuration and the model that it is asked for.

    ``route`` and ``target`` are set when a route leads to it, ``feature`` when it serves a feature. With ``trial`` a
    version of the configuration serves instead, which is chosen for each call; ``entry`` is that version then, and
    ``phase_id`` and ``unit`` say for what the call counts (see :mod:`trunkline.gateway.routing.assignment`).

    ``otherwise`` are those for calls that do not fulfil the conditions of the route. One of them serves in its place
    with ``unfit_route``, the route that was called.
    """

    entry: ConfigurationEntry
    model: str
    part: WorkspacePart
    route: RouteEntry | None = None
    target: RouteTargetEntry | None = None
    feature: FeatureEntry | None = None
    trial: Trial | None = None
    phase_id: str | None = None
    unit: str | None = None
    otherwise: tuple[Candidate, ...] = ()
    unfit_route: RouteEntry | None = None


def is_kept(candidate: Candidate) -> bool:
    """Whether its route keeps it for calls that failed elsewhere."""
    return candidate.target is not None and candidate.target.fallback_for is not None
