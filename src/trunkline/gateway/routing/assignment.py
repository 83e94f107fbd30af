"""Which version of a configuration serves a call: the same one for the same unit, as long as the weights stand."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from trunkline.gateway.context import CallContext
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry, Trial

BUCKETS: Final = 10_000


def find_bucket(salt: str, unit: str) -> tuple[int, str]:
    """The bucket of ``unit``, and the digest by which it is written down: nobody can tell the unit from it."""
    digest = sha256(f"{salt}|{unit}".encode()).digest()
    return int.from_bytes(digest) % BUCKETS, digest.hex()[:32]


def choose(trial: Trial, unit: str) -> tuple[ConfigurationEntry, str]:
    """The version for ``unit``, and the unit's digest. A bucket that nobody owns goes to the first version."""
    bucket, digest = find_bucket(trial.salt, unit)
    for variant in trial.variants:
        for start, end in variant.buckets:
            if start <= bucket < end:
                return variant.entry, digest
    return trial.variants[0].entry, digest


def assign(candidate: Candidate, context: CallContext, user: str | None, request_id: str) -> Candidate:
    """``candidate``, or the version of its configuration that serves this call.

    The unit is who the call is for, as the context names it, else as the request itself does (``user``), else the
    conversation. A call that names none of these gets a version by its request, and no unit, because the next one
    need not get the same: an experiment counts it for itself.
    """
    trial = candidate.trial
    if trial is None:
        return candidate
    named = context.unit or user or context.conversation_id
    entry, digest = choose(trial, named or request_id)
    return msgspec.structs.replace(
        candidate,
        entry=entry,
        model=entry.model or candidate.model,
        trial=None,
        phase_id=trial.phase_id,
        unit=digest if named else None,
    )
