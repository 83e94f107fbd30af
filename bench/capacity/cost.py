"""What one call costs each part, as it was measured on one machine: see docs/performance.md and ``--measure``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Microseconds of processor time for one call, and bytes.

    ``worker``: a plain call, user and kernel. ``intake``: reading the journal and speaking to the driver.
    ``database``: PostgreSQL's own, for calls that come in batches of a thousand. ``redis``: one limit, counted there.
    ``wire``: what a call and its answer take on a network card each way, to the client and again to the provider.
    ``journal``: what is written to it.
    """

    worker: float
    intake: float
    database: float
    redis: float
    wire: int
    journal: int


MEASURED = Cost(worker=59, intake=50, database=79, redis=28, wire=4_000, journal=174)
"""From docs/performance.md: ``worker`` of "Where the time goes", ``intake`` and ``database`` of "Reports", ``journal``
of two short records. ``redis`` of ``python -m bench.capacity --redis``. ``wire`` is assumed: a prompt of a thousand
characters and an answer as long, with their heads and those of the network."""
