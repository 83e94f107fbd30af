"""The limits that concern plain calls of one caller to one model, found out once for all of these calls."""

from __future__ import annotations

from math import ceil

from trunkline.gateway.gates.gcra import SLACK
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.gates.limit_hold import SharedMeters
from trunkline.gateway.gates.limit_rule import LimitSet
from trunkline.gateway.gates.local_meters import LocalMeters
from trunkline.gateway.gates.one_way_hold import OneWayHold


class BoundLimits:
    """Its :meth:`admit` is an :data:`~trunkline.gateway.gates.gate.AdmitNow`, under the ``key`` of whoever it decides
    for.

    It does what :meth:`.LocalMeters.take` does, for who asks before every call.
    """

    __slots__ = ("_arrivals", "_key", "_limits", "_meters", "_running", "_shared")

    def __init__(self, key: object, limits: LimitSet, meters: LocalMeters, shared: SharedMeters | None) -> None:
        self._key = key
        self._limits = limits
        self._meters = meters
        self._shared = shared
        self._arrivals = meters.arrivals
        self._running = meters.running

    def admit(self, call: ImmediateCall) -> bool:
        """Take one request and the tokens of ``call``. False where something of it cannot be had now, and where others
        count."""
        if self._shared is not None and self._shared.fault is None:
            return False
        limits, arrivals, running = self._limits, self._arrivals, self._running
        tokens = 0
        if limits.tokens:
            tokens = call.guess_tokens()
            if tokens > limits.most_tokens:
                return False
        now = self._meters.clock()
        figures: list[int] = []
        for key, interval, tolerance, by_tokens, steady in limits.rates:
            # As gcra.arrive, count_left and find_next have it, but for what is more than a burst at once.
            spent = tokens * interval if by_tokens else interval
            before = arrivals.get(key)
            if before is not None and before > now:
                spent += before - now
            left = (tolerance - spent) / interval + SLACK
            if left < 0.0:
                self._put_back(tokens, key)
                return False
            arrivals[key] = now + spent
            whole = int(left)
            figures.append(whole)
            if steady and spent:
                figures.append(1)
            else:
                figures.append(ceil((whole + 1) * interval - tolerance + spent) if spent else 0)
        for key, most in limits.places:
            count = running.get(key, 0) + 1
            if count > most:
                self._put_back(tokens, key)
                return False
            running[key] = count
            figures.append(most - count)
        call.holds[self._key] = OneWayHold(self._meters, limits, tokens)
        call.lines += limits.lines % tuple(figures)
        return True

    def _put_back(self, tokens: int, until: str) -> None:
        """What was taken of the rates, and then of the places, before those of the key ``until``."""
        for key, interval, _, by_tokens, _ in self._limits.rates:
            if key == until:
                return
            self._arrivals[key] -= tokens * interval if by_tokens else interval
        for key, _ in self._limits.places:
            if key == until:
                return
            self._running[key] -= 1
