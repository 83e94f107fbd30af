"""Which targets of routes are left alone for a while, because they failed.

Five failures in a row open the breaker of a target for 30 seconds, and so do failures of half of at least 20 calls
within 30 seconds; each further opening for 30 more, up to 300; then one call probes it. A rate limit is a pause for as
long as the provider asks, and so is one of which a good answer says that nothing remains. A rejected credential rests
for five minutes, or until its configuration or secret changes.
https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from trunkline.core.errors import UpstreamError
from trunkline.gateway.snapshot import ConfigurationEntry
from trunkline.vault.stored_secret import StoredSecret

LIMIT: Final = 5
"""Failures in a row."""
WINDOW_SECONDS: Final = 30.0
"""In which failures are held against all calls."""
LEAST_CALLS: Final = 20
"""In a window, for its share of failures to count."""
OPEN_SECONDS: Final = 30.0
LONGEST_SECONDS: Final = 300.0
REJECTED_SECONDS: Final = 300.0
PAUSE_SECONDS: Final = 5.0
"""How long a rate limit lasts where the provider does not say."""

_FAILURES: Final = frozenset({"server", "overloaded", "unreachable", "timeout", "malformed"})
_REJECTIONS: Final = frozenset({"auth", "no_credits"})

_Key = tuple[str, str, str | None]


SharedPlace = tuple[str, str, str | None, int]
"""Configuration, provider, credential and revision: what processes call a breaker among themselves."""

_SLICE_SECONDS: Final = 5.0


class _Window:
    """Calls and failures of the last 30 seconds, in slices of five: counted from the first failure on."""

    __slots__ = ("_slices",)

    def __init__(self) -> None:
        self._slices: list[list[int]] = []

    def note(self, now: float, *, failed: bool) -> None:
        """A call went well, or did not."""
        number = int(now // _SLICE_SECONDS)
        if not self._slices or self._slices[-1][0] != number:
            self._drop(number)
            self._slices.append([number, 0, 0])
        last = self._slices[-1]
        last[1] += 1
        last[2] += failed

    def is_bad(self) -> bool:
        """Whether half of enough calls failed, as of the last that was noted."""
        calls, failures = (sum(each[place] for each in self._slices) for place in (1, 2))
        return calls >= LEAST_CALLS and 2 * failures >= calls

    def is_over(self) -> bool:
        """Whether nothing of it counts any more, as of the last that was noted."""
        return not any(each[2] for each in self._slices)

    def clear(self) -> None:
        """Begin anew."""
        self._slices.clear()

    def _drop(self, number: int) -> None:
        oldest = number - int(WINDOW_SECONDS // _SLICE_SECONDS)
        self._slices = [each for each in self._slices if each[0] > oldest]


class _State:
    """``openings`` is how often it opened without an answer between; ``probing``: whether one call is trying it."""

    __slots__ = ("failures", "openings", "probing", "revision", "secrets", "until", "window")

    def __init__(self, entry: ConfigurationEntry) -> None:
        self.failures = 0
        self.window = _Window()
        self.openings = 0
        self.probing = False
        self.until = 0.0
        self.revision = entry.revision
        self.secrets: tuple[StoredSecret, ...] = entry.secrets


class Rest(msgspec.Struct, frozen=True, array_like=True):
    """A target that is left alone for ``seconds`` more. ``trying``: the next call tries it, or one does just now."""

    configuration_id: str
    trying: bool
    seconds: float
    provider: str = ""


class Breakers:
    """One breaker for each configuration and credential. ``clock`` is monotonic seconds.

    ``tell``, where it is set, hears of each rest that begins here, in seconds, and of its end as one of 0 seconds;
    :meth:`hear` takes what others tell.
    """

    __slots__ = ("_clock", "_heard", "_states", "tell")

    MAX_STATES: Final = 10_000

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._states: dict[_Key, _State] = {}
        self._heard: dict[SharedPlace, float] = {}
        self.tell: Callable[[SharedPlace, float], None] | None = None

    def hear(self, place: SharedPlace, seconds: float) -> None:
        """Another process leaves ``place`` alone so long from now on, or not any more."""
        if seconds <= 0:
            self._heard.pop(place, None)
            return
        if len(self._heard) >= self.MAX_STATES:
            self._heard.clear()
        self._heard[place] = self._clock() + min(seconds, LONGEST_SECONDS)

    def _tell(self, entry: ConfigurationEntry, seconds: float) -> None:
        if self.tell is not None:
            self.tell(_share(entry), seconds)

    def _find_heard(self, entry: ConfigurationEntry) -> float:
        """Until when others leave ``entry`` alone; 0 where they do not."""
        until = self._heard.get(_share(entry), 0.0)
        return until if until > self._clock() else 0.0

    def closed_at(self, entry: ConfigurationEntry) -> float:
        """When ``entry`` may be called again, by the clock; 0 for one that may be called now."""
        heard = self._find_heard(entry) if self._heard else 0.0
        state = self._find(entry)
        return heard if state is None or state.until <= self._clock() else max(state.until, heard)

    def enter(self, entry: ConfigurationEntry) -> bool:
        """Whether a call may go to ``entry`` now. After a rest that is one call, until it has told how it went.

        A probe that never tells (its client hung up) is followed by another one after the time of a rest.
        """
        if self._heard and self._find_heard(entry):
            return False
        state = self._find(entry)
        if state is None:
            return True
        now = self._clock()
        if state.until > now:
            return False
        if state.openings:
            state.probing = True
            state.until = now + _rest(state.openings)
        return True

    def succeeded(self, entry: ConfigurationEntry) -> None:
        """``entry`` answered. That ends a rest only when it was asked for that: calls under way answer late."""
        if self._heard and self._heard.pop(_share(entry), None) is not None:
            self._tell(entry, 0)
        if not self._states:
            return
        state = self._find(entry)
        if state is not None:
            now = self._clock()
            state.failures = 0
            state.window.note(now, failed=False)
            if state.probing or (state.until <= now and (state.openings or state.window.is_over())):
                del self._states[_key(entry)]
                if state.openings:
                    self._tell(entry, 0)

    def failed(self, entry: ConfigurationEntry, error: UpstreamError) -> None:
        """``entry`` did not. What is wrong with the request alone shows that the provider is there."""
        now = self._clock()
        if error.kind in _FAILURES:
            state = self._make(entry)
            state.failures += 1
            state.window.note(now, failed=True)
            if state.probing or (state.until <= now and (state.failures >= LIMIT or state.window.is_bad())):
                state.openings += 1
                state.until = now + _rest(state.openings)
                state.probing = False
                state.window.clear()
                self._tell(entry, state.until - now)
        elif error.kind in _REJECTIONS:
            self.reject(entry)
            self._tell(entry, REJECTED_SECONDS)
        elif error.kind == "rate_limit":
            state = self._make(entry)
            wait = PAUSE_SECONDS if error.retry_after is None else min(error.retry_after, LONGEST_SECONDS)
            state.until = now + wait if state.probing else max(state.until, now + wait)
            state.probing = False
            self._tell(entry, wait)
        else:
            self.succeeded(entry)

    def pause(self, entry: ConfigurationEntry, seconds: float) -> None:
        """Leave ``entry`` alone so long, though it does not fail: it says that it would refuse the next call."""
        state = self._make(entry)
        state.until = max(state.until, self._clock() + min(seconds, LONGEST_SECONDS))

    def reject(self, entry: ConfigurationEntry) -> None:
        """The provider rejects the credential of ``entry``, whoever has heard that."""
        state = self._make(entry)
        state.openings = max(state.openings, 1)
        state.until = self._clock() + REJECTED_SECONDS
        state.probing = False

    def release(self, entry: ConfigurationEntry) -> None:
        """``entry`` serves again, whoever has seen that: it rests no more."""
        self._states.pop(_key(entry), None)
        self._heard.pop(_share(entry), None)

    def read(self) -> list[Rest]:
        """What rests now, or is tried again after a rest."""
        now = self._clock()
        own = [
            Rest(key[0], state.probing or state.until <= now, max(state.until - now, 0.0), key[1])
            for key, state in self._states.items()
            if state.openings or state.until > now
        ]
        known = {one.configuration_id for one in own}
        return own + [
            Rest(place[0], False, until - now, place[1])
            for place, until in self._heard.items()
            if until > now and place[0] not in known
        ]

    def _find(self, entry: ConfigurationEntry) -> _State | None:
        key = _key(entry)
        state = self._states.get(key)
        if state is not None and (state.revision != entry.revision or state.secrets != entry.secrets):
            del self._states[key]
            return None
        return state

    def _make(self, entry: ConfigurationEntry) -> _State:
        state = self._find(entry)
        if state is None:
            if len(self._states) >= self.MAX_STATES:
                self._states.clear()
            state = self._states[_key(entry)] = _State(entry)
        return state


def _key(entry: ConfigurationEntry) -> _Key:
    return entry.id, entry.provider, entry.credential_id


def _share(entry: ConfigurationEntry) -> SharedPlace:
    return entry.id, entry.provider, entry.credential_id, entry.revision


def _rest(openings: int) -> float:
    return min(OPEN_SECONDS * openings, LONGEST_SECONDS)
