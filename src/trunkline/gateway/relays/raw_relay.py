"""Answers that pass as they come, of calls beside chat: events, plain completions, and sound.

Events tell of a failure in band; sound has no words for one, so there the end that is held is that of the HTTP body,
and a failure breaks the connection.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.chat_events import Failure
from trunkline.dialects.openai_chat.stream_writer import DONE, write_failure
from trunkline.dialects.openai_chat.usage_telling import tell_usage
from trunkline.dialects.passthrough import Tap
from trunkline.gateway.answer import CutOff
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
from trunkline.gateway.relays.relay import StreamRelay, mark
from trunkline.outbound import IncomingResponse


class RawRelay(StreamRelay):
    """Relays one.

    ``unmetered`` names what the call is billed by where that is not a count of ours, ``characters`` how many are to be
    spoken. ``in_band`` is whether the body has words for a failure, ``marked`` whether its end has a mark, and
    ``tells`` whether the client asked to be told of usage.
    """

    __slots__ = ("_characters", "_in_band", "_marked", "_tells", "_unit")

    def __init__(
        self,
        call: Call,
        response: IncomingResponse,
        tap: Tap,
        estimate: Estimate,
        *,
        unmetered: str | None = None,
        characters: int = 0,
        in_band: bool = True,
        marked: bool = False,
        tells: bool = False,
    ) -> None:
        super().__init__(call, response, estimate, tap)
        self._unit = unmetered
        self._characters = characters
        self._in_band = in_band
        self._marked = marked
        self._tells = tells

    def _write_failure(self, failure: Failure) -> bytes:
        if not self._in_band:
            raise CutOff
        return write_failure(failure)

    async def _end(self, held: bytes) -> bytes:
        call, tap = self._call, self._tap
        if self._tells and call.estimated:
            opened = call.opened
            held = tell_usage(held, mark(call.usage), opened.id, tap.model or opened.model)
        held = self._clean_end(held)
        return held if tap.done or not self._marked else held + DONE

    def _used(self, *, whole: bool) -> tuple[Usage, bool]:
        usage, estimated = super()._used(whole=whole)
        if self._characters:
            usage = msgspec.structs.replace(usage, characters=self._characters)
        return usage, estimated

    def _unmetered(self) -> str | None:
        told = self._call.believe(self._tap.usage)
        return None if told is not None and told.total > 0 else self._unit
