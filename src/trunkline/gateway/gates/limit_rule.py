"""A limit as one process holds calls to it: with its share of what all processes may let in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from trunkline.core.limit import SECONDS, Measure, Subject, name_limit, write_amount
from trunkline.gateway.gates.gcra import SLACK
from trunkline.gateway.snapshot import LimitEntry

_OF: Final[dict[Subject, str]] = {
    "workspace": "this workspace",
    "user": "this user",
    "application": "this application",
    "key": "this API key",
    "feature": "this feature",
    "configuration": "this configuration",
}

_UNITS: Final[dict[Measure, str]] = {"requests": "", "tokens": ';qu="tokens"', "parallel": ';qu="concurrent-requests"'}


POLICY: Final = b"ratelimit-policy"
STATE: Final = b"ratelimit"


class Share(NamedTuple):
    """Which process this is, of how many that serve the same calls and tell each other nothing."""

    number: int = 0
    of: int = 1


ALONE: Final = Share()


class LimitRule:
    """One limit. ``interval`` and ``tolerance`` are GCRA's, in seconds, ``places`` how many calls run at a time.

    A process has its share of the rate and of the burst, but at least one request's worth of burst and one place:
    where a limit is smaller than the number of processes, each still lets one call in.
    """

    __slots__ = (
        "burst",
        "entry",
        "interval",
        "label",
        "name",
        "parallel",
        "places",
        "policy",
        "tokens",
        "tolerance",
        "window",
        "words",
    )

    def __init__(self, entry: LimitEntry, share: Share = ALONE) -> None:
        self.entry = entry
        each = entry.subject_id is None and entry.subject != "workspace"
        self.name = name_limit(entry.subject, entry.measure, entry.window, each=each)
        self.words = f"The limit of {write_amount(entry.amount, entry.measure, entry.window)} for {_OF[entry.subject]}"
        self.parallel = entry.measure == "parallel"
        self.tokens = entry.measure == "tokens"
        self.window = SECONDS[entry.window] if entry.window is not None else 0
        self.label = f'"{self.name}";r='
        """What stands before that which is left, as ``RateLimit`` has it."""
        window = f";w={self.window}" if self.window else ""
        self.policy = f'"{self.name}";q={entry.amount}{_UNITS[entry.measure]}{window}'
        """As ``RateLimit-Policy`` has it: see :mod:`trunkline.gateway.gates.limit_fields`."""
        self.burst = entry.burst or entry.amount
        """What may be used at once, in all processes."""
        self.interval = self.window / entry.amount * share.of
        self.tolerance = max(self.burst / share.of, 1.0) * self.interval
        self.places = max(entry.amount // share.of + (share.number < entry.amount % share.of), 1)


class Bucket(NamedTuple):
    """What one limit counts for one subject. ``key`` tells it from all others."""

    key: str
    rule: LimitRule


class Rate(NamedTuple):
    """Of a bucket that fills up in time, by the fields of its rule. ``by_tokens``: and not by requests.

    ``steady``: where something is taken, there is more in a second at most, so that this need not be worked out.
    """

    key: str
    interval: float
    tolerance: float
    by_tokens: bool
    steady: bool


class Places(NamedTuple):
    """Of a bucket of calls that run at the same time."""

    key: str
    most: int


class LimitSet:
    """The buckets that calls of one kind take from, first those that fill up in time.

    ``rates`` and ``places`` are the same as what is looked at for each call, and ``token_rates`` the keys and intervals
    of those that count tokens. ``lines`` are those of their answers that tell of all of them, with a place for each
    figure; ``tokens``: whether they have some that count tokens, of which ``most_tokens`` are let in at once.
    """

    __slots__ = ("buckets", "lines", "most_tokens", "places", "rates", "token_rates", "tokens")

    def __init__(self, buckets: tuple[Bucket, ...]) -> None:
        self.buckets = tuple(sorted(buckets, key=lambda bucket: bucket.rule.parallel))
        rules = [bucket.rule for bucket in self.buckets]
        self.lines = _write_lines(rules)
        self.tokens = any(rule.tokens for rule in rules)
        self.most_tokens = min((rule.burst for rule in rules if rule.tokens), default=0)
        self.rates = tuple(
            Rate(key, rule.interval, rule.tolerance, rule.tokens, _is_steady(rule))
            for key, rule in self.buckets
            if not rule.parallel
        )
        self.token_rates = tuple((rate.key, rate.interval) for rate in self.rates if rate.by_tokens)
        self.places = tuple(Places(key, rule.places) for key, rule in self.buckets if rule.parallel)


def _is_steady(rule: LimitRule) -> bool:
    return rule.interval * (1.0 + SLACK) <= 1.0


def _write_lines(rules: Sequence[LimitRule]) -> bytes:
    policy = ", ".join([rule.policy for rule in rules]).encode().replace(b"%", b"%%")
    labels = [rule.label.encode().replace(b"%", b"%%") for rule in rules]
    states = [label + (b"%d" if rule.parallel else b"%d;t=%d") for label, rule in zip(labels, rules, strict=True)]
    return b"%b: %b\r\n%b: %b\r\n" % (POLICY, policy, STATE, b", ".join(states))


class Want(NamedTuple):
    """What a call takes of a bucket: a request, tokens, a place among those that run at a time."""

    bucket: Bucket
    cost: int


class BucketState(NamedTuple):
    """How a bucket stands: what is left for now, and the seconds until there is more; None where nobody can tell."""

    left: int
    next: float | None


class Verdict(NamedTuple):
    """Whether all was taken, or nothing: ``refused`` is the want that could not be, ``wait`` for how many seconds.

    ``told`` is of all wants, in their order. ``wait`` None: nobody can tell.
    """

    refused: int | None
    wait: float | None
    told: tuple[BucketState, ...]
