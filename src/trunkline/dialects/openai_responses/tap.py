"""Listens to a stream that is relayed: only what accounting needs is read, and arguments that are no object are mended.
Everything else is bytes.

https://platform.openai.com/docs/api-reference/responses-streaming
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.chat_events import Failure
from trunkline.core.heard import Listener
from trunkline.dialects.event_likeness import Likeness
from trunkline.dialects.event_tap import EventTap
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.openai_responses.passing_arguments import CALL, PassingArguments
from trunkline.dialects.openai_responses.status import read_status
from trunkline.dialects.openai_responses.tool_fees import hear_usage
from trunkline.dialects.openai_responses.wire import Answer, Incomplete
from trunkline.dialects.raw_json import ABSENT, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder

OPENING: Final = frozenset({"response.created", "response.queued", "response.in_progress"})
_ENDS: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


class _Event(msgspec.Struct, frozen=True):
    type: str | None = None
    response: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class _Item(msgspec.Struct, frozen=True):
    type: str | None = None
    name: str | None = None


class _Said(msgspec.Struct, frozen=True):
    type: str | None = None
    delta: JsonValue = None
    item: _Item | None = None


_words: Final = msgspec.json.Decoder(_Said)
_decode: Final = SparingDecoder(_Event).decode
_decode_answer: Final = SparingDecoder(Answer).decode


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` says whether the event came that ends it.

    ``id`` is the answer's own, known from the first event on; ``ended`` whether the provider told an end of any kind,
    also a failure. With ``background`` the mere opening counts as something of the answer, as the client waits for it.
    """

    __slots__ = ("_arguments", "_background", "ended", "id", "usage")

    def __init__(self, *, background: bool = False) -> None:
        super().__init__()
        self._background = background
        self._arguments = PassingArguments()
        self.id = ""
        self.ended = False
        self.usage: Usage | None = None

    def _speaks(self, data: bytes) -> bool:
        # Other events begin and end what deltas tell, and repeat it.
        return b'.delta"' in data or b'output_item.added"' in data

    def _hear(self, data: bytes, listener: Listener) -> None:
        event = _words.decode(data)
        if event.type == "response.output_item.added":
            if event.item is not None and (event.item.type or "").endswith("_call"):
                listener.call(event.item.name or "")
        elif event.type is not None and event.type.endswith(".delta") and "audio.delta" not in event.type:
            listener.add(event.delta if isinstance(event.delta, str) else "")

    def _is_ordinary(self, data: bytes) -> bool:
        # Within JSON text a quote is escaped, so a name with its quotes can only be a name (or a whole string that is
        # equal to it, which costs a parse and nothing else). Only opening and ending events carry the response.
        return (
            b'"response"' not in data
            and b'error"' not in data
            and b"[DONE]" not in data
            and b": error" not in data
            and self._arguments.passes(data)
        )

    def _read(self, data: bytes, name: str) -> bool:
        if data.startswith(b"[DONE]"):
            # OpenAI does not send it here; servers that imitate it do, after the end.
            return False
        event = _decode(data)
        self._first = False
        kind = event.type or name
        if kind == "error" or (not kind.startswith("response.") and is_said(event.error)):
            self._fail(read_failure(decode(data)))
        elif kind in OPENING:
            self._note(_decode_answer(event.response))
            self.begun = self.begun or self._background
        elif kind in _ENDS:
            self._end(kind, _decode_answer(event.response), data)
        else:
            self.begun = True
        return self._mend(data, name) if CALL in data or kind in _ENDS else True

    def _mend(self, data: bytes, name: str) -> bool:
        """Has the arguments of calls pass as clients need them. Whether the event passes at all."""
        watched = self._arguments.watched
        mended = self._arguments.mend(data, name)
        if self._arguments.watched > watched:
            # What was like the others till now must be looked at.
            self._likeness = Likeness()
        self._mended = mended or None
        return mended != b""

    def _note(self, answer: Answer) -> None:
        self.id = answer.id or self.id
        self.model = answer.model or self.model

    def _end(self, kind: str, answer: Answer, data: bytes) -> None:
        self._note(answer)
        self.ended = True
        usage = hear_usage(answer, data)
        if usage is not None:
            self.usage = usage
        status = answer.status or kind.removeprefix("response.")
        if status == "failed" or is_said(answer.error):
            self._fail(read_failure(decode(answer.error) if is_said(answer.error) else None))
            return
        if status == "cancelled":
            self._fail(Failure("The response was cancelled.", "server", "cancelled"))
            return
        self.begun = self.done = self._holding = True
        reason = (answer.incomplete_details or Incomplete()).reason
        self.stops[0] = read_status(status, reason, calls=False, refused=False)
