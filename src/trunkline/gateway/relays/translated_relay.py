"""A stream whose sides speak different dialects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from trunkline.core.chat import Message
from trunkline.core.chat_events import End, Failure, UsageReport
from trunkline.dialects.dialect import StreamReader, StreamWriter
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
from trunkline.gateway.relays.relay import StreamRelay, mark
from trunkline.gateway.relays.translation import Translation
from trunkline.outbound import IncomingResponse


class TranslatedRelay(StreamRelay):
    """Relays one. ``name`` replaces the provider's id of the answer.

    ``keep`` gets the whole of it before its end leaves, and ``finish`` may change that end.
    """

    __slots__ = ("_change_end", "_keep", "_translation", "_writer")

    def __init__(
        self,
        call: Call,
        response: IncomingResponse,
        estimate: Estimate,
        *,
        reader: StreamReader,
        writer: StreamWriter,
        name: str = "",
        keep: Callable[[Message], Awaitable[None]] | None = None,
        finish: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._translation = Translation(call, reader, writer, name=name, collects=keep is not None)
        super().__init__(call, response, estimate, self._translation)
        self._writer = writer
        self._keep = keep
        self._change_end = finish

    def _write_failure(self, failure: Failure) -> bytes:
        return self._writer.write(failure)

    async def _end(self, held: bytes) -> bytes:
        call, write = self._call, self._writer.write
        if call.estimated:
            held += write(UsageReport(mark(call.usage)))
        held = self._clean_end(held + write(End()))
        if self._keep is not None:
            await self._keep(call.disclosure.message(Message("assistant", self._translation.parts)))
        return held if self._change_end is None else self._change_end(held)
