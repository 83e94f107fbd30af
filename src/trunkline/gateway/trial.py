"""Which version of a configuration serves a call: the same one for the same unit, as long as the weights stand."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

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
