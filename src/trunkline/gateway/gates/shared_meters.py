"""What limits have counted in all processes, kept in Redis or Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from trunkline.core.ids import new_id
from trunkline.gateway.gates.gcra import count_left, find_next
from trunkline.gateway.gates.limit_rule import Bucket, BucketState, LimitRule, Verdict, Want
from trunkline.gateway.gates.limit_script import CORRECT, PLACES, RATE, TAKE
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

PATIENCE_SECONDS: Final = 0.05
"""How long a call waits for the server, before it goes by what its process counts."""

LOOK_SECONDS: Final = 1.0
"""How often a server is looked for that did not answer."""

_PREFIX: Final = "trunkline:limit:"
_MICRO: Final = 1_000_000


class SharedMeters:
    """Asks the server, one round trip for a call, as long as it answers within ``patience`` seconds.

    ``longest`` is how many seconds a call can last: a place is free again then, even if its process has died.
    """

    def __init__(self, redis: Redis, *, longest: float, patience: float = PATIENCE_SECONDS) -> None:
        self._redis = redis
        self._patience = patience
        self._life = int(longest * _MICRO)
        self._take = redis.register_script(TAKE)
        self._correct = redis.register_script(CORRECT)
        self._look = redis.register_script("return redis.call('TIME')")
        self._running: set[asyncio.Task[None]] = set()
        self.fault: str | None = None
        """Why the server is not asked now; None while it is."""

    async def take(self, wants: Sequence[Want]) -> tuple[Verdict, SharedTaking] | None:
        """All of ``wants``, or nothing where one of them cannot be had now. None: the server does not answer."""
        lease = new_id()
        arguments: list[str | int | float] = [lease, self._life]
        for (_, rule), cost in wants:
            if rule.parallel:
                arguments += (PLACES, rule.entry.amount, 0, cost)
            else:
                interval = _interval(rule)
                arguments += (RATE, interval, interval * rule.burst, cost)
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._take([_PREFIX + want.bucket.key for want in wants], arguments)
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)
            return None
        refused, wait, *states = cast("list[int]", answer)
        verdict = Verdict(
            refused if refused >= 0 else None,
            wait / _MICRO if wait >= 0 else None,
            tuple([_tell(want.bucket.rule, state) for want, state in zip(wants, states, strict=True)]),
        )
        return verdict, SharedTaking(self, lease)

    def correct(self, lease: str, changes: Iterable[tuple[Bucket, float]]) -> None:
        """Correct what was taken with ``lease``, in the background. What the server does not hear of then is lost:
        places end by themselves, and tokens stay as they were estimated."""
        found = list(changes)
        if found and self.fault is None:
            task = asyncio.ensure_future(self._tell_changes(lease, found))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _tell_changes(self, lease: str, changes: list[tuple[Bucket, float]]) -> None:
        arguments: list[str | float] = [lease]
        for (_, rule), units in changes:
            arguments += (PLACES, 0, 0) if rule.parallel else (RATE, _interval(rule), units)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._correct([_PREFIX + bucket.key for bucket, _ in changes], arguments)
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)

    async def run(self) -> None:
        """Look for a server that is not there, until cancelled, and go by it again when it is."""
        while True:
            if self.fault is not None:
                try:
                    async with asyncio.timeout(self._patience):
                        await self._look()
                except (RedisError, OSError, TimeoutError):
                    pass
                else:
                    self.fault = None
                    _log.info("limits_are_shared_again")
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        """Tell what is still to be told, for a second at most, and hang up."""
        if self._running:
            await asyncio.wait(self._running, timeout=LOOK_SECONDS)
        await self._redis.aclose()

    def _lose(self, error: Exception) -> None:
        if self.fault is None:
            # The error may hold the address, and so a password.
            self.fault = (
                f"Redis did not answer within {self._patience * 1000:g} ms, or refused ({type(error).__name__}). Until"
                " it does, each process holds calls to its own share of the limits."
            )
            _log.warning("limits_not_shared", reason=type(error).__name__)


class SharedTaking:
    """What one call has taken there: see :class:`~trunkline.gateway.gates.limit_hold.Meters`."""

    __slots__ = ("_lease", "_meters")

    def __init__(self, meters: SharedMeters, lease: str) -> None:
        self._meters = meters
        self._lease = lease

    def correct(self, changes: Iterable[tuple[Bucket, float]]) -> None:
        """Take so many units more of each bucket, or where negative give them back."""
        self._meters.correct(self._lease, changes)


def _interval(rule: LimitRule) -> float:
    """Microseconds for one unit, in all processes together."""
    return rule.window * _MICRO / rule.entry.amount


def _tell(rule: LimitRule, state: int) -> BucketState:
    if rule.parallel:
        return BucketState(max(rule.entry.amount - state, 0), None)
    interval = _interval(rule)
    tolerance = interval * rule.burst
    return BucketState(count_left(state, 0, interval, tolerance), find_next(state, 0, interval, tolerance) / _MICRO)
