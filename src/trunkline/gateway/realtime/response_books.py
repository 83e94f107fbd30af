"""The books of one realtime session: a record for each response, and one for each transcript of what was said."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import TrunklineError
from trunkline.core.usage_event import Operation, Outcome
from trunkline.dialects.openai_operations import realtime_event as wire
from trunkline.dialects.openai_operations.realtime_event import Event, ResponseSummary
from trunkline.dialects.openai_operations.usage import read_usage
from trunkline.gateway.call import Call, Held, Ledger
from trunkline.gateway.context import CallContext
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.estimate import text_tokens
from trunkline.gateway.realtime.turn import MS_PER_TOKEN_OUT, Turn
from trunkline.gateway.routing.candidate import Candidate
from trunkline.providers.provider import Provider

_OUTCOMES: Final[dict[str, tuple[Outcome, int]]] = {"cancelled": ("cancelled", 499), "failed": ("error", 502)}
"""By the status of a response; all others went well."""


class Opened:
    """A response that is in the books and not settled."""

    __slots__ = ("call", "cause", "error", "id", "sound", "turn", "words")

    def __init__(self, call: Call, turn: Turn, cause: str | None) -> None:
        self.call = call
        self.turn = turn
        self.cause = cause
        """The id of the client's event that asked for it."""
        self.id = ""
        self.words = self.sound = 0
        self.error: TrunklineError | None = None
        """Why it was stopped here, where it was."""


class ResponseBooks:
    """Of a session of ``actor`` at ``provider``."""

    def __init__(
        self,
        ledger: Ledger,
        actor: Actor,
        provider: Provider,
        *,
        request_id: str,
        requested_model: str,
        context: CallContext,
    ) -> None:
        self._ledger = ledger
        self._actor = actor
        self._provider = provider
        self._request_id = request_id
        self._requested_model = requested_model
        self._context = context
        self._waiting: list[Opened] = []
        self._running: dict[str, Opened] = {}

    @property
    def running(self) -> list[str]:
        """The ids of the responses that the provider is at."""
        return [*self._running]

    def open(
        self, candidate: Candidate, disclosure: Disclosure, turn: Turn, held: Held | None, cause: str | None
    ) -> Opened:
        """A response is asked for. Raises Unavailable where it cannot be written down."""
        opened = Opened(self._open(candidate, disclosure, "realtime", held), turn, cause)
        self._waiting.append(opened)
        return opened

    async def written(self, opened: Opened) -> None:
        """Return when its beginning is written. Raises Unavailable, with the record ended, where it is not."""
        try:
            await self._ledger.books.written()
        except TrunklineError as error:
            # A session that has ended meanwhile has ended its records, too.
            if opened in self._waiting:
                self._waiting.remove(opened)
                await opened.call.settle("error", status=503, error=error)
            raise

    def begin(self, told: ResponseSummary) -> Opened | None:
        """The provider begins a response: that which has waited longest; None where none was asked for."""
        if not self._waiting:
            return None
        opened = self._waiting.pop(0)
        opened.id = told.id
        self._running[told.id] = opened
        return opened

    def hear(self, event: Event, out_per_ms: int) -> None:
        """A piece of an answer passes."""
        opened = self._running.get(event.response_id or "")
        if opened is None:
            return
        opened.call.first_token()
        if event.type in wire.SOUNDS:
            opened.sound += wire.measure(event.delta) // out_per_ms
        else:
            opened.words += max(len(bytes(event.delta)) - 2, 0)

    async def end(self, told: ResponseSummary) -> Usage | None:
        """The provider has ended a response; done when its record is safe. What it used, None for an unknown one."""
        opened = self._running.pop(told.id, None)
        if opened is None:
            return None
        usage = opened.call.believe(told.usage)
        outcome, status = _OUTCOMES.get(told.status, ("ok", 200))
        error: TrunklineError | str | None = opened.error or ("server" if outcome == "error" else None)
        estimated = usage is None or (usage.total == 0 and bool(opened.words or opened.sound))
        if estimated:
            usage = None if told.status == "failed" else _estimate(opened)
        estimated = estimated and usage is not None
        await opened.call.settle(
            "error" if opened.error is not None else outcome,
            status=status,
            error=error,
            usage=usage,
            estimated=estimated,
        )
        return usage or Usage()

    async def refuse(self, cause: str | None) -> None:
        """The provider says that it makes no response for the client's event ``cause``."""
        for opened in self._waiting:
            if cause is not None and opened.cause == cause:
                self._waiting.remove(opened)
                await opened.call.settle("error", status=400, error="bad_request")
                return

    async def transcribe(self, candidate: Candidate, disclosure: Disclosure, model: str, event: Event) -> None:
        """What was said is written down by another ``model``, which is billed besides."""
        told = read_usage(event.usage)
        call = self._open(msgspec.structs.replace(candidate, model=model), disclosure, "transcriptions", None)
        usage = call.believe(told)
        unmetered = None if usage is not None and usage.total > 0 else "audioInput"
        await call.settle("ok", usage=usage or Usage(), estimated=usage is None, unmetered=unmetered)

    async def close(self, outcome: Outcome, error: TrunklineError | str | None = None) -> None:
        """The session is over: whatever was not told until now is counted here."""
        left = [*self._waiting, *self._running.values()]
        self._waiting.clear()
        self._running.clear()
        status = 499 if outcome == "cancelled" else 502
        # All are written before any is waited for: a process that stops may not wait.
        written = [
            opened.call.settle(
                outcome, status=status, error=opened.error or error, usage=_estimate(opened), estimated=True
            )
            for opened in left
        ]
        for each in written:
            await each

    def _open(self, candidate: Candidate, disclosure: Disclosure, operation: Operation, held: Held | None) -> Call:
        call = self._ledger.open(
            self._actor,
            candidate,
            operation,
            request_id=self._request_id,
            requested_model=self._requested_model,
            streamed=True,
            context=self._context,
            disclosure=disclosure,
            pending=held,
        )
        call.provider = self._provider
        return call


def _estimate(opened: Opened) -> Usage:
    sound = -(-opened.sound // MS_PER_TOKEN_OUT)
    return msgspec.structs.replace(opened.turn.estimate(), output=text_tokens(opened.words) + sound, audio_output=sound)
