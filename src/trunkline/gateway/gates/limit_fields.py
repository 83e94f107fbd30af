"""How limits are told in the header of an answer: ``RateLimit-Policy`` and ``RateLimit``.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (version 10). Names are those of
:func:`~trunkline.core.limit.name_limit`; ``tokens`` is a quota unit of ours, which the draft leaves to be registered.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from trunkline.gateway.answer import HeaderList
from trunkline.gateway.gates.limit_rule import POLICY, STATE, BucketState, LimitRule


def write_fields(told: Mapping[LimitRule, BucketState]) -> HeaderList:
    """What is allowed, ``"key-requests-per-minute";q=60;w=60``, and what is left, ``…;r=59;t=1``."""
    return [
        (POLICY, ", ".join([rule.policy for rule in told]).encode()),
        (STATE, ", ".join([_write_state(rule, *state) for rule, state in told.items()]).encode()),
    ]


def _write_state(rule: LimitRule, left: int, seconds: float | None) -> str:
    return f"{rule.label}{left}" if seconds is None else f"{rule.label}{left};t={ceil(seconds)}"
