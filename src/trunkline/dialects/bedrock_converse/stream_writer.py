"""Streamed answers, as a client of the service reads them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html. A block ends when another kind
begins; the blocks of tool calls stay open together, since their pieces may come in turn and name their index.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Media, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.core.errors import Unsupported
from trunkline.dialects.bedrock_converse.block_writing import call_id
from trunkline.dialects.bedrock_converse.citation import write_citation
from trunkline.dialects.bedrock_converse.error import STREAMED
from trunkline.dialects.bedrock_converse.event_stream import write_frame, write_headers
from trunkline.dialects.bedrock_converse.field import NAME, Object
from trunkline.dialects.bedrock_converse.media import IMAGES, write_media
from trunkline.dialects.bedrock_converse.response import FIELDS, write_fields
from trunkline.dialects.bedrock_converse.stop import write_stop
from trunkline.dialects.bedrock_converse.usage import write_usage

_encode: Final = msgspec.json.Encoder().encode


def _headers(kind: str) -> bytes:
    return write_headers({":event-type": kind, ":content-type": "application/json", ":message-type": "event"})


_START: Final = _headers("messageStart")
_BLOCK_START: Final = _headers("contentBlockStart")
_DELTA: Final = _headers("contentBlockDelta")
_BLOCK_STOP: Final = _headers("contentBlockStop")
_STOP: Final = _headers("messageStop")
_METADATA: Final = _headers("metadata")


class Writer:
    """Writes one stream; see :class:`~trunkline.dialects.dialect.StreamWriter`. Only the first choice is written."""

    __slots__ = ("_calls", "_index", "_key", "_started", "_stopped", "_usage")

    def __init__(self) -> None:
        self._started = False
        self._stopped = False
        self._index = -1
        self._key: tuple[str, int] | None = None
        self._calls: dict[int, int] = {}
        self._usage: Usage | None = None

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for one event, which may be none."""
        match event:
            case TextDelta():
                return b"" if event.choice else self._text(event.text, event.part)
            case ReasoningDelta():
                return b"" if event.choice else self._reasoning(event)
            case ToolCallDelta():
                return b"" if event.choice else self._arguments(event)
            case ToolCallStart():
                return b"" if event.choice else self._call(event)
            case Start():
                self._usage = event.usage or self._usage
                return self._start()
            case Stop():
                return b"" if event.choice else self._stop(event)
            case UsageReport():
                self._usage = event.usage
                return b""
            case End():
                return self._end()
            case Failure():
                return self._fail(event)
            case CitationDelta():
                citation = b'{"citation":%b}' % _encode(write_citation(event.citation))
                return b"" if event.choice else self._enter("text", event.part) + self._delta(citation)
            case RefusalDelta():
                return b"" if event.choice else self._text(event.text, -1)
            case ImageDelta():
                return b"" if event.choice else self._image(event.media)
            case AudioDelta():
                return b"" if event.choice else self._text(event.transcript, -1)
            case OpaqueDelta():
                return self._opaque(event)

    def _start(self) -> bytes:
        if self._started:
            return b""
        self._started = True
        return write_frame(_START, b'{"role":"assistant"}')

    def _enter(self, kind: str, part: int) -> bytes:
        """Goes on with a block, or ends what is open and begins one."""
        if self._key == (kind, part) or (part < 0 and self._key is not None and self._key[0] == kind):
            return b""
        out = self._close()
        self._key = (kind, part)
        self._index += 1
        return out

    def _close(self) -> bytes:
        out = self._start()
        if self._key is not None:
            self._key = None
            out += _stop_block(self._index)
        for index in self._calls.values():
            out += _stop_block(index)
        self._calls.clear()
        return out

    def _delta(self, delta: bytes, index: int | None = None) -> bytes:
        at = self._index if index is None else index
        return write_frame(_DELTA, b'{"contentBlockIndex":%d,"delta":%b}' % (at, delta))

    def _text(self, text: str, part: int) -> bytes:
        if not text:
            return b""
        return self._enter("text", part) + self._delta(b'{"text":%b}' % _encode(text))

    def _reasoning(self, event: ReasoningDelta) -> bytes:
        out = b""
        members = (("text", event.text), ("signature", event.signature), ("redactedContent", event.redacted))
        for name, value in members:
            if value:
                kind = "sealed" if name == "redactedContent" else "thought"
                out += self._enter(kind, event.part)
                out += self._delta(_encode({"reasoningContent": {name: value}}))
        return out

    def _call(self, event: ToolCallStart) -> bytes:
        out = self._start() if self._calls else self._close()
        self._index += 1
        self._calls[event.index] = self._index
        return out + self._start_block({"toolUse": {"toolUseId": call_id(event.id), "name": event.name}})

    def _arguments(self, event: ToolCallDelta) -> bytes:
        index = self._calls.get(event.index)
        if index is None:
            return b""  # of a call that was never begun, or is whole
        return self._delta(b'{"toolUse":{"input":%b}}' % _encode(event.arguments), index)

    def _start_block(self, start: Object) -> bytes:
        return write_frame(_BLOCK_START, _encode({"contentBlockIndex": self._index, "start": start}))

    def _image(self, media: Media) -> bytes:
        try:
            image = write_media(media, "", IMAGES)
        except Unsupported:
            return self._text(media.url or "", -1)
        start: Object = {"image": {"format": image["format"]}}
        return self._whole("image", start, [_encode({"image": {"source": image["source"]}})])

    def _opaque(self, event: OpaqueDelta) -> bytes:
        value = event.value if event.dialect == NAME and isinstance(event.value, dict) else {}
        for kind, field in (("toolUse", "input"), ("toolResult", "content")):
            block = value.get(kind)
            if isinstance(block, dict):
                start: Object = {kind: {key: member for key, member in block.items() if key != field}}
                content: JsonValue = block.get(field)
                try:
                    if kind == "toolUse":
                        content = {"input": _encode(content or {}).decode()}
                    return self._whole("opaque", start, [_encode({kind: content})])
                except RecursionError:
                    return b""  # nested so deeply that it could just be read
        return b""

    def _whole(self, kind: str, start: Object, deltas: list[bytes]) -> bytes:
        out = self._enter(kind, self._index) + self._start_block(start)
        for delta in deltas:
            out += self._delta(delta)
        return out + self._close()

    def _stop(self, event: Stop) -> bytes:
        out = self._close()
        if self._stopped:
            return out
        self._stopped = True
        extra = event.extra.get(NAME, {})
        wire: Object = {"stopReason": write_stop(event.reason, extra.get("stopReason"))}
        fields = write_fields(event.sequence, extra.get(FIELDS))
        if fields is not None:
            wire[FIELDS] = fields
        return out + write_frame(_STOP, _encode(wire))

    def _end(self) -> bytes:
        out = self._stop(Stop())
        wire: Object = {"usage": write_usage(self._usage), "metrics": {"latencyMs": 0}}
        return out + write_frame(_METADATA, _encode(wire))

    def _fail(self, event: Failure) -> bytes:
        name = STREAMED.get(event.kind, "internalServerException")
        headers = {
            ":exception-type": name,
            ":content-type": "application/json",
            ":message-type": "exception",
        }
        return write_frame(write_headers(headers), _encode({"message": event.message}))


def _stop_block(index: int) -> bytes:
    return write_frame(_BLOCK_STOP, b'{"contentBlockIndex":%d}' % index)
