"""Streamed answers, as a client of the service reads them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html. A block ends when another
begins, as the service does it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Media, Usage
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
from trunkline.dialects.bedrock_converse.field import NAME
from trunkline.dialects.bedrock_converse.media import IMAGES, write_media
from trunkline.dialects.bedrock_converse.response import FIELDS, write_fields
from trunkline.dialects.bedrock_converse.stop import write_stop
from trunkline.dialects.bedrock_converse.usage import write_usage
from trunkline.dialects.block_order import Block, BlockOrder

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

    __slots__ = ("_index", "_key", "_order", "_started", "_stopped", "_usage")

    def __init__(self) -> None:
        self._started = False
        self._stopped = False
        self._index = -1
        self._key: tuple[str, int] | None = None
        self._order = BlockOrder()
        self._usage: Usage | None = None

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for one event, which may be none."""
        if isinstance(event, TextDelta) and self._order.clear:
            return b"" if event.choice else self._text(event.text, event.part)
        match event:
            case Start():
                self._usage = event.usage or self._usage
                return self._start()
            case UsageReport():
                self._usage = event.usage
                return b""
            case End():
                return self._end()
            case Failure():
                return self._fail(event)
            case OpaqueDelta():
                return self._write_all(self._order.put(event))
            case _ if event.choice:
                return b""
            case Stop():
                return self._stop(event)
            case _:
                return self._write_all(self._order.put(event))

    def _write_all(self, events: list[Block]) -> bytes:
        return b"".join(self._more(event) for event in events)

    def _more(self, event: Block) -> bytes:
        """Something of the answer, whose turn it is."""
        match event:
            case TextDelta():
                return self._text(event.text, event.part)
            case ReasoningDelta():
                return self._reasoning(event)
            case ToolCallDelta():
                return self._delta(b'{"toolUse":{"input":%b}}' % _encode(event.arguments))
            case ToolCallStart():
                start: JsonObject = {"toolUse": {"toolUseId": call_id(event.id), "name": event.name}}
                return self._close() + self._begin("call", event.index, start)
            case CitationDelta():
                citation = b'{"citation":%b}' % _encode(write_citation(event.citation))
                return self._enter("text", event.part) + self._delta(citation)
            case RefusalDelta():
                return self._text(event.text, -1)
            case ImageDelta():
                return self._image(event.media)
            case AudioDelta():
                return self._text(event.transcript, -1)
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
            out += write_frame(_BLOCK_STOP, b'{"contentBlockIndex":%d}' % self._index)
        return out

    def _delta(self, delta: bytes) -> bytes:
        return write_frame(_DELTA, b'{"contentBlockIndex":%d,"delta":%b}' % (self._index, delta))

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

    def _begin(self, kind: str, part: int, start: JsonObject) -> bytes:
        """A block that says something where it starts."""
        self._key = (kind, part)
        self._index += 1
        return write_frame(_BLOCK_START, _encode({"contentBlockIndex": self._index, "start": start}))

    def _image(self, media: Media) -> bytes:
        try:
            image = write_media(media, "", IMAGES)
        except Unsupported:
            return self._text(media.url or "", -1)
        start: JsonObject = {"image": {"format": image["format"]}}
        return self._whole("image", start, [_encode({"image": {"source": image["source"]}})])

    def _opaque(self, event: OpaqueDelta) -> bytes:
        value = event.value if event.dialect == NAME and isinstance(event.value, dict) else {}
        for kind, field in (("toolUse", "input"), ("toolResult", "content")):
            block = value.get(kind)
            if isinstance(block, dict):
                start: JsonObject = {kind: {key: member for key, member in block.items() if key != field}}
                content: JsonValue = block.get(field)
                try:
                    if kind == "toolUse":
                        content = {"input": _encode(content or {}).decode()}
                    return self._whole("opaque", start, [_encode({kind: content})])
                except RecursionError:
                    return b""  # nested so deeply that it could just be read
        return b""

    def _whole(self, kind: str, start: JsonObject, deltas: list[bytes]) -> bytes:
        out = self._close() + self._begin(kind, 0, start)
        for delta in deltas:
            out += self._delta(delta)
        return out + self._close()

    def _stop(self, event: Stop) -> bytes:
        out = self._write_all(self._order.flush()) + self._close()
        if self._stopped:
            return out
        self._stopped = True
        extra = event.extra.get(NAME, {})
        wire: JsonObject = {"stopReason": write_stop(event.reason, extra.get("stopReason"))}
        fields = write_fields(event.sequence, extra.get(FIELDS))
        if fields is not None:
            wire[FIELDS] = fields
        return out + write_frame(_STOP, _encode(wire))

    def _end(self) -> bytes:
        out = self._stop(Stop())
        wire: JsonObject = {"usage": write_usage(self._usage), "metrics": {"latencyMs": 0}}
        return out + write_frame(_METADATA, _encode(wire))

    def _fail(self, event: Failure) -> bytes:
        name = STREAMED.get(event.kind, "internalServerException")
        headers = {
            ":exception-type": name,
            ":content-type": "application/json",
            ":message-type": "exception",
        }
        return write_frame(write_headers(headers), _encode({"message": event.message}))
