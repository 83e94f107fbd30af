"""A gate of an extension as the gateway has it: what it raises, or does not finish, harms no call but by its word."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, cast

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, TooMany, Unavailable
from trunkline.core.usage_event import Operation, UsageEvent
from trunkline.extensions.foreign_error import describe_error
from trunkline.extensions.gate_extension import CallEnd, Gate, GateCall, GateExtension, Refused
from trunkline.extensions.standing import ExtensionStanding
from trunkline.gateway.context import OURS
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

CUT_SECONDS: Final = 60.0
"""How long a gate that failed too often is not asked. Then one call asks it, and if that goes well it is back."""

REFUSED: Final = "refused_by_extension"
"""The code of what a gate refuses."""


class GuardedGate:
    """Implements :class:`~trunkline.gateway.gates.gate.Gate`. ``clock`` is monotonic seconds.

    Calls that another one makes needful (of a judge, of the cache) do not pass it: the call itself did.
    """

    def __init__(self, package: str, extension: GateExtension, clock: Callable[[], float] = time.monotonic) -> None:
        self.package = package
        self.extension = extension
        self._gate = extension.gate
        self._clock = clock
        self._hears = type(self._gate).settled is not Gate.settled
        self._errors = 0
        self._last = ""
        self._cut_until: float | None = None

    @property
    def standing(self) -> ExtensionStanding:
        """How it stands in this process."""
        state = "cut" if self._cut_until is not None else "failing" if self._errors else "loaded"
        count = "1 error" if self._errors == 1 else f"{self._errors} errors"
        reason = f"{count} in a row, the last: {self._last}" if self._errors else ""
        return ExtensionStanding(
            package=self.package, kind="gate", name=self.extension.name, state=state, reason=reason
        )

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. One that cannot tell is asked about each call."""
        try:
            return bool(self._gate.concerns(actor.workspace_id, candidate.entry.provider, candidate.model))
        except Exception as error:  # noqa: BLE001 - the last wall before code that is not ours
            self._note(error)
            return True

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`."""
        if call.context.purpose in OURS:
            return
        shown = _show(call)
        passed = await self._ask(lambda: self._gate.enter(shown))
        if self._hears or not passed:
            call.holds[self] = _Passage(self if passed else None, shown)

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. Never answers in a provider's place."""
        passage = call.holds.get(self)
        if call.context.purpose in OURS or (isinstance(passage, _Passage) and passage.gate is None):
            return
        await self._ask(lambda: self._gate.admit(_show(call), candidate.entry.provider, candidate.model))

    def hear(self, call: GateCall, end: CallEnd) -> None:
        """Tell it how a call ended."""
        if self._cut_until is not None:
            return
        try:
            self._gate.settled(call, end)
        except Exception as error:  # noqa: BLE001 - as above
            self._note(error)

    async def _ask(self, ask: Callable[[], Awaitable[None]]) -> bool:
        """Whether it let the call by. Raises what tells that it refuses, or that it fails and refuses then."""
        if self._cut_until is not None:
            if self._clock() < self._cut_until:
                return self._fail()
            # This call tries it. All others go on without, until that has gone well.
            self._cut_until = self._clock() + CUT_SECONDS
        limit = asyncio.timeout(self.extension.seconds)
        try:
            async with limit:
                await ask()
        except Refused as refused:
            self._recover()
            raise self._refuse(refused) from None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
            late = TimeoutError(f"it took longer than {self.extension.seconds:g} s")
            self._note(late if limit.expired() else error)
            return self._fail()
        self._recover()
        return True

    def _refuse(self, refused: Refused) -> Forbidden | TooMany:
        message = f"The gate {self.extension.name} refused the request: {refused.message}"
        if refused.retry_after is None:
            return Forbidden(message, code=REFUSED)
        return TooMany(message, retry_after=max(0.0, refused.retry_after), code=REFUSED)

    def _fail(self) -> bool:
        if self.extension.on_error == "allow":
            return False
        raise Unavailable(
            f"The gate {self.extension.name} of the extension {self.package} fails, and requests are refused then."
            " The administrator finds the reason with trunkline doctor."
        )

    def _note(self, error: BaseException) -> None:
        self._errors += 1
        self._last = describe_error(error)
        about = {"package": self.package, "name": self.extension.name, "error": self._last, "errors": self._errors}
        if self._errors >= self.extension.errors:
            self._cut_until = self._clock() + CUT_SECONDS
            _log.error("extension_gate_cut", on_error=self.extension.on_error, seconds=CUT_SECONDS, **about)
        else:
            _log.error("extension_gate_failed", on_error=self.extension.on_error, **about)

    def _recover(self) -> None:
        if self._cut_until is not None:
            _log.warning("extension_gate_back", package=self.package, name=self.extension.name)
        self._errors, self._last, self._cut_until = 0, "", None


class _Passage:
    """Implements :class:`~trunkline.gateway.hold.Hold`: a call that was let in. ``gate`` is told of its end.

    None: it failed, so it is asked nothing more about this call.
    """

    def __init__(self, gate: GuardedGate | None, call: GateCall) -> None:
        self.gate = gate
        self._call = call

    def settle(self, event: UsageEvent) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        if self.gate is None:
            return
        end = CallEnd(
            request_id=event.request_id,
            outcome=event.outcome,
            status=event.status,
            provider=event.provider,
            model=event.model,
            input_tokens=event.usage.input,
            output_tokens=event.usage.output,
            cost=None if event.cost_nanos is None else event.cost_nanos / 1_000_000_000,
            duration_seconds=event.duration_us / 1_000_000,
        )
        self.gate.hear(self._call, end)

    def void(self) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""


def _show(call: PendingCall) -> GateCall:
    actor, context, exchange = call.actor, call.context, call.exchange
    return GateCall(
        request_id=call.request_id,
        workspace_id=actor.workspace_id,
        user_id=actor.user_id,
        role=actor.role,
        key_id=actor.key_id,
        application_id=actor.application_id,
        operation=cast("Operation | None", call.operation),
        tags=context.tags,
        purpose=context.purpose,
        conversation_id=context.conversation_id,
        read=lambda: exchange.content().texts,
    )
