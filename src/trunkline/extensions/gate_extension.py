"""A gate that a package brings: it sees each call before it is sent, and may refuse it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from trunkline.core.actor import Role
from trunkline.core.usage_event import Operation, Outcome

OnError = Literal["refuse", "allow"]
"""What becomes of a call whose gate fails: it is refused, or goes on as if the gate were not there."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)


class Refused(Exception):
    """Raised by a gate to refuse a call. ``message`` is told to the caller: what is wrong, and what to do.

    ``retry_after``, in seconds, makes it a refusal of the moment, which clients try again by themselves.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class GateCall:
    """A call on its way, as a gate sees it. Nothing of it can be changed.

    ``operation`` is None for what costs nothing (counting tokens). ``purpose`` is set for calls that Trunkline makes
    itself, such as tests of a connection. ``key_id`` is that of the API key, None for a signed-in user.
    """

    __slots__ = (
        "_read",
        "application_id",
        "conversation_id",
        "key_id",
        "operation",
        "purpose",
        "request_id",
        "role",
        "tags",
        "user_id",
        "workspace_id",
    )

    def __init__(
        self,
        *,
        request_id: str,
        workspace_id: str,
        user_id: str,
        role: Role = "member",
        key_id: str | None = None,
        application_id: str | None = None,
        operation: Operation | None = "chat",
        tags: tuple[str, ...] = (),
        purpose: str | None = None,
        conversation_id: str | None = None,
        read: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """``read`` gives what is sent."""
        self.request_id = request_id
        self.workspace_id = workspace_id
        self.user_id = user_id
        self.role: Role = role
        self.key_id = key_id
        self.application_id = application_id
        self.operation: Operation | None = operation
        self.tags = tags
        self.purpose = purpose
        self.conversation_id = conversation_id
        self._read = read

    @property
    def texts(self) -> Sequence[str]:
        """The texts that are sent, system prompt and tools included. Reads the whole body, so ask only if needed."""
        return self._read()


class CallEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How a call ended. Tokens are totals; ``cost`` is in dollars, None where no price is known."""

    request_id: str
    outcome: Outcome
    status: int
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    duration_seconds: float


class Gate:
    """Base of gates. One object serves all calls of a process at once; each worker process has its own.

    Every call waits for it. So it must never block: no file, no ``time.sleep``, no library that waits without
    ``await``, because all other calls of the process would stand still meanwhile. What is awaited is cut off after
    the ``seconds`` of the extension, which counts as an error.
    """

    def concerns(self, workspace_id: str, provider: str, model: str) -> bool:
        """Whether calls of ``workspace_id`` to ``model`` of ``provider`` must pass here at all.

        Asked once for many calls, so it must always answer the same. What no gate concerns is served the fastest way.
        """
        return True

    async def enter(self, call: GateCall) -> None:
        """Let the call in, once for all that it may be sent to. Raises :class:`Refused` to refuse it."""

    async def admit(self, call: GateCall, provider: str, model: str) -> None:
        """Let the call go to ``model`` of ``provider``; asked again where a route goes on to the next target.

        Raises :class:`Refused`, and the next target is tried.
        """

    def settled(self, call: GateCall, end: CallEnd) -> None:
        """The call was let in and sent, and is over. What was refused or never sent is not told."""


class GateExtension(msgspec.Struct, frozen=True, kw_only=True):
    """A gate, by its name. After ``errors`` errors in a row it is cut for a minute, and not asked."""

    api: int
    """:data:`~trunkline.extensions.interface.API`, as the number that the package was written for."""
    name: str
    gate: Gate
    on_error: OnError = "refuse"
    seconds: float = 2.0
    errors: int = 5

    def find_faults(self) -> list[str]:
        """Everything that is wrong with it, a sentence each; empty when nothing is."""
        return list(self._find_faults())

    def _find_faults(self) -> Iterator[str]:
        if _NAME.fullmatch(self.name) is None:
            yield "name: must be 2 to 32 lower-case letters, digits and hyphens, a letter first."
        if not isinstance(self.gate, Gate):  # pyright: ignore[reportUnnecessaryIsInstance] - code that is not ours
            yield "gate: must be an object of a class that is derived from Gate of trunkline.extensions."
            return
        for name in ("enter", "admit"):
            if not inspect.iscoroutinefunction(getattr(self.gate, name)):
                yield f"gate: {name} must be an async def."
        for name in ("concerns", "settled"):
            if inspect.iscoroutinefunction(getattr(self.gate, name)):
                yield f"gate: {name} must be a def, and not an async one."
        if self.on_error not in ("refuse", "allow"):
            yield "on_error: must be refuse or allow."
        if not 0 < self.seconds <= 30:
            yield "seconds: must be above 0 and at most 30."
        if not 1 <= self.errors <= 1_000:
            yield "errors: must be 1 to 1000."
