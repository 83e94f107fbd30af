"""Streamed answers, as the service sends them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html: ``messageStart``; for every
block ``contentBlockStart`` (tool calls, pictures and results only), deltas, ``contentBlockStop``; ``messageStop`` with
the reason; ``metadata`` with the usage, which is last. An exception ends it anywhere.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Media
from trunkline.core.chat_events import (
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.bedrock_converse.block_reading import SERVER_TOOL
from trunkline.dialects.bedrock_converse.citation import read_citation
from trunkline.dialects.bedrock_converse.error import read_exception
from trunkline.dialects.bedrock_converse.event_stream import MAX_EVENT, BrokenFrame, Frame, FrameReader
from trunkline.dialects.bedrock_converse.field import NAME
from trunkline.dialects.bedrock_converse.media import IMAGES
from trunkline.dialects.bedrock_converse.response import FIELDS, read_fields
from trunkline.dialects.bedrock_converse.seal import SEALED, SIGNED
from trunkline.dialects.bedrock_converse.stop import is_exact, read_stop
from trunkline.dialects.bedrock_converse.usage import PerformanceConfig, ServiceTier, WireUsage, note_terms, read_usage
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.half_characters import BACKSLASH, HalfCharacters
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.dialects.spare_field import SparingDecoder

MAX_OPEN: Final = 1024
"""The most blocks that may be open at once; the service opens one."""


class _Thought(msgspec.Struct, rename="camel"):
    text: str | None = None
    signature: str | None = None
    redacted_content: str | None = None


class _Input(msgspec.Struct):
    input: str | None = None


class _Delta(msgspec.Struct, rename="camel"):
    text: str | None = None
    tool_use: _Input | None = None
    reasoning_content: _Thought | None = None
    citation: JsonValue = None
    tool_result: JsonValue = None
    image: JsonValue = None


class _Event(msgspec.Struct, rename="camel"):
    """Any event. One type with every field is decoded faster than a union, and passes over what is unknown."""

    content_block_index: int | None = None
    delta: _Delta | None = None
    start: dict[str, JsonValue] | None = None
    stop_reason: str | None = None
    additional_model_response_fields: JsonValue = None
    usage: WireUsage | None = None
    service_tier: ServiceTier | None = None
    performance_config: PerformanceConfig | None = None


_GATHERED: Final = ("toolUse", "toolResult", "image")

_decoder: Final = SparingDecoder(_Event)


class _Hidden:
    """A block that is gathered until it is whole: a picture, or what the service's own tools do."""

    __slots__ = ("pieces", "size", "start")

    def __init__(self, start: JsonObject) -> None:
        self.start = start
        self.pieces: list[JsonValue] = []
        self.size = 0


class Reader:
    """Reads one stream; see :class:`~trunkline.dialects.dialect.StreamReader`.

    ``part`` of the deltas is the block's index. A block that only this dialect knows comes as one ``OpaqueDelta``, when
    it is whole: its value is what an answer that is not streamed would hold.
    """

    __slots__ = ("_calls", "_done", "_frames", "_halves", "_ids", "_last", "_open", "_started", "_stopped")

    def __init__(self) -> None:
        self._frames = FrameReader()
        self._halves = HalfCharacters()
        self._ids = MadeIds()
        self._open: dict[int, int | _Hidden] = {}
        self._calls = 0
        self._last = 0
        self._started = False
        self._stopped = False
        self._done = False

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events that ``data`` completes."""
        out: list[ChatEvent] = []
        if self._done:
            return out
        try:
            for frame in self._frames.feed(data):
                self._take(frame, out)
                if self._done:
                    break
        except BrokenFrame:
            self._fail("The provider sent bytes that are no event stream.", out)
        except BROKEN_JSON:
            self._fail(MALFORMED, out)
        return out

    def close(self) -> list[ChatEvent]:
        """The events that the end of the body completes."""
        out: list[ChatEvent] = []
        if not self._done:
            if self._stopped and not self._frames.waiting:
                self._end(out)
            else:
                self._fail("The provider ended the stream early.", out)
        return out

    def _take(self, frame: Frame, out: list[ChatEvent]) -> None:
        if frame.header(":message-type") in ("exception", "error"):
            self._except(frame, out)
            return
        kind = frame.header(":event-type")
        if kind == "contentBlockDelta":
            payload = frame.payload
            event = _decoder.decode(self._halves.join(payload) if BACKSLASH in payload else payload)
            self._begin(out)
            if event.delta is not None:
                self._delta(self._index(event), event.delta, frame, out)
            return
        if kind not in ("messageStart", "contentBlockStart", "contentBlockStop", "messageStop", "metadata"):
            return
        event = _decoder.decode(frame.payload)
        self._begin(out)
        if kind == "contentBlockStart":
            self._start_block(self._index(event), event.start or {}, out)
        elif kind == "contentBlockStop":
            self._stop_block(self._index(event), out)
        elif kind == "messageStop":
            self._stop(event, out)
        elif kind == "metadata":
            usage = note_terms(read_usage(event.usage), event.service_tier, event.performance_config)
            if usage is not None:
                out.append(UsageReport(usage))
            if self._stopped:
                self._end(out)

    def _begin(self, out: list[ChatEvent]) -> None:
        if not self._started:
            self._started = True
            out.append(Start())

    def _index(self, event: _Event) -> int:
        if event.content_block_index is not None:
            self._last = event.content_block_index
        return self._last

    def _start_block(self, index: int, start: JsonObject, out: list[ChatEvent]) -> None:
        self._stop_block(index, out)
        if self._done:
            return
        if len(self._open) >= MAX_OPEN:
            self._fail("The provider began more parts than an answer can have.", out)
            return
        call = start.get("toolUse")
        if isinstance(call, dict) and call.get("type") != SERVER_TOOL:
            number = self._open[index] = self._calls
            self._calls += 1
            name = _text(call, "name")
            out.append(ToolCallStart(number, _text(call, "toolUseId") or self._ids.make(name), name))
        elif any(isinstance(start.get(kind), dict) for kind in _GATHERED):
            self._open[index] = _Hidden(start)

    def _delta(self, index: int, delta: _Delta, frame: Frame, out: list[ChatEvent]) -> None:
        if delta.text is not None:
            if delta.text:
                out.append(TextDelta(delta.text, part=index))
            return
        block = self._open.get(index)
        if isinstance(block, _Hidden):
            self._hide(block, delta, len(frame.payload), out)
        elif delta.tool_use is not None:
            if not delta.tool_use.input:
                return
            if block is None:
                self._fail("The provider sent arguments of a tool call that it never began.", out)
                return
            out.append(ToolCallDelta(block, delta.tool_use.input))
        elif (thought := delta.reasoning_content) is not None:
            if thought.text:
                out.append(ReasoningDelta(thought.text, part=index))
            if thought.signature:
                out.append(ReasoningDelta(signature=thought.signature, part=index, format=SIGNED))
            if thought.redacted_content is not None:
                out.append(ReasoningDelta(redacted=thought.redacted_content, part=index, format=SEALED))
        elif (citation := read_citation(delta.citation)) is not None:
            out.append(CitationDelta(citation, part=index))

    def _hide(self, hidden: _Hidden, delta: _Delta, size: int, out: list[ChatEvent]) -> None:
        hidden.size += size
        if hidden.size > MAX_EVENT:
            self._fail("The provider sent a block that is too large.", out)
        elif delta.tool_use is not None:
            hidden.pieces.append(delta.tool_use.input or "")
        elif isinstance(delta.tool_result, list):
            hidden.pieces.extend(delta.tool_result)
        elif isinstance(delta.image, dict):
            source = delta.image.get("source")
            hidden.pieces.append(_text(source, "bytes") if isinstance(source, dict) else "")

    def _stop_block(self, index: int, out: list[ChatEvent]) -> None:
        block = self._open.pop(index, None)
        if not isinstance(block, _Hidden):
            return
        kind, start = next((kind, value) for kind in _GATHERED if isinstance(value := block.start.get(kind), dict))
        try:
            if kind == "image":
                data = b"".join(base64.b64decode(piece) for piece in block.pieces if isinstance(piece, str))
                media_type = IMAGES.get(_text(start, "format"))
                out.append(ImageDelta(Media(data=base64.b64encode(data).decode(), media_type=media_type)))
                return
            content: JsonValue = block.pieces
            if kind == "toolUse":
                arguments = "".join(piece for piece in block.pieces if isinstance(piece, str))
                content = msgspec.json.decode(arguments) if arguments else {}
        except (*BROKEN_JSON, binascii.Error):
            self._fail(MALFORMED, out)
            return
        field = "input" if kind == "toolUse" else "content"
        out.append(OpaqueDelta(NAME, {kind: {**start, field: content}}))

    def _stop(self, event: _Event, out: list[ChatEvent]) -> None:
        if self._stopped:
            return
        for index in sorted(self._open):
            self._stop_block(index, out)
            if self._done:
                return
        self._stopped = True
        sequence, rest = read_fields(event.additional_model_response_fields)
        extra: JsonObject = {FIELDS: rest} if rest else {}
        if event.stop_reason is not None and not is_exact(event.stop_reason):
            extra["stopReason"] = event.stop_reason
        reason = read_stop(event.stop_reason, called=self._calls > 0)
        out.append(Stop(reason, sequence, extra={NAME: extra} if extra else {}))

    def _except(self, frame: Frame, out: list[ChatEvent]) -> None:
        code = frame.header(":exception-type") or frame.header(":error-code")
        said = frame.payload or msgspec.json.encode({"message": frame.header(":error-message")})
        failure = read_exception(code, said)
        self._done = True
        self._open.clear()
        message = f"{failure.message} {failure.detail}" if failure.detail else failure.message
        out.append(Failure(message, failure.kind, failure.upstream_code))

    def _end(self, out: list[ChatEvent]) -> None:
        self._done = True
        out.append(End())

    def _fail(self, message: str, out: list[ChatEvent]) -> None:
        self._done = True
        self._open.clear()
        out.append(Failure(message, "malformed"))


def _text(block: JsonObject, key: str) -> str:
    value = block.get(key)
    return value if isinstance(value, str) else ""
