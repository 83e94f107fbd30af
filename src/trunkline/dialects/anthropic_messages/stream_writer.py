"""Streamed answers, as a client of the vendor reads them. https://docs.anthropic.com/en/docs/build-with-claude/streaming

The client sees the vendor's exact order: ``message_start``; every block begun, continued and ended before the next;
``message_delta``; ``message_stop``. Stop reason and usage are held until ``End``, since they share one event here.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, StopReason, Usage
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
from trunkline.dialects.anthropic_messages.block_reading import NAME
from trunkline.dialects.anthropic_messages.block_writing import call_id
from trunkline.dialects.anthropic_messages.citation import write_citation
from trunkline.dialects.anthropic_messages.error import WRITTEN, encode_error
from trunkline.dialects.anthropic_messages.response import describe, new_id
from trunkline.dialects.anthropic_messages.seal import TEXT, Seal, write_proof, write_seal
from trunkline.dialects.anthropic_messages.stop import restore_stop
from trunkline.dialects.anthropic_messages.usage import write_usage
from trunkline.dialects.block_order import Block, BlockOrder
from trunkline.dialects.sse import write_event

_encode: Final = msgspec.json.Encoder().encode

# The deltas are written by the thousand: their frames are bytes that only wait for the index and the encoded text.
_DELTA: Final = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":{"type":%b}}\n\n'
_TEXT: Final = b'"text_delta","text":%b'
_THINKING: Final = b'"thinking_delta","thinking":%b'
_SIGNATURE: Final = b'"signature_delta","signature":%b'
_ARGUMENTS: Final = b'"input_json_delta","partial_json":%b'
_CITATION: Final = b'"citations_delta","citation":%b'
_TEXT_BLOCK: Final = b'{"type":"text","text":""}'
_THINKING_BLOCK: Final = b'{"type":"thinking","thinking":"","signature":""}'
_START_BLOCK: Final = (
    b'event: content_block_start\ndata: {"type":"content_block_start","index":%d,"content_block":%b}\n\n'
)
_STOP_BLOCK: Final = b'event: content_block_stop\ndata: {"type":"content_block_stop","index":%d}\n\n'

_TEXT_FRAME: Final = _DELTA.replace(b"%b", _TEXT)


class Writer:
    """Writes one stream; see :class:`~trunkline.dialects.dialect.StreamWriter`. Only the first choice is written."""

    __slots__ = ("_extra", "_index", "_key", "_model", "_order", "_reason", "_sequence", "_started", "_usage")

    def __init__(self, model: str) -> None:
        self._model = model
        self._started = False
        self._index = -1
        self._key: tuple[str, int] | None = None
        self._order = BlockOrder()
        self._reason: StopReason | None = None
        self._sequence: str | None = None
        self._extra: JsonObject = {}
        self._usage: Usage | None = None

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for one event, which may be none."""
        if isinstance(event, TextDelta) and self._order.clear:
            return b"" if event.choice else self._text(event)
        match event:
            case Start():
                return self._start(event)
            case UsageReport():
                self._usage = event.usage
                return b""
            case Failure():
                kind = WRITTEN.get(event.kind, "api_error")
                return write_event(encode_error(kind, event.message), "error")
            case End():
                return self._end()
            case OpaqueDelta():
                return self._write_all(self._order.put(event))
            case _ if event.choice:
                return b""
            case Stop():
                return self._stop(event)
            case _:
                return self._write_all(self._order.put(event))

    def _write_all(self, events: list[Block]) -> bytes:
        if len(events) == 1:
            return self._more(events[0])
        return b"".join(self._more(event) for event in events)

    def _more(self, event: Block) -> bytes:
        """Something of the answer, whose turn it is."""
        match event:
            case TextDelta():
                return self._text(event)
            case ReasoningDelta():
                return self._reasoning(event)
            case ToolCallDelta():
                return self._delta(_ARGUMENTS, event.arguments)
            case ToolCallStart():
                return self._begin_call(event)
            case CitationDelta():
                return self._citation(event)
            case RefusalDelta():
                return self._plain(event.text)
            case ImageDelta():
                return self._plain(describe(event.media))
            case AudioDelta():
                return self._plain(event.transcript)
            case OpaqueDelta():
                return self._opaque(event)

    def _start(self, event: Start) -> bytes:
        if self._started:
            return b""
        self._started = True
        self._usage = event.usage
        message: JsonObject = {
            **event.extra.get(NAME, {}),
            "id": event.id or new_id(),
            "type": "message",
            "role": "assistant",
            "model": event.model or self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": write_usage(event.usage, event.service_tier),
        }
        return write_event(_encode({"type": "message_start", "message": message}), "message_start")

    def _open(self, key: tuple[str, int], block: bytes) -> bytes:
        """Ends what is open and begins a block; ``key`` tells which deltas belong to it."""
        before = self._close()
        self._key = key
        self._index += 1
        return before + _START_BLOCK % (self._index, block)

    def _close(self) -> bytes:
        out = b"" if self._started else self._start(Start())
        return out + self._shut()

    def _shut(self) -> bytes:
        if self._key is None:
            return b""
        self._key = None
        return _STOP_BLOCK % self._index

    def _delta(self, frame: bytes, value: object) -> bytes:
        return _DELTA % (self._index, frame % _encode(value))

    def _text(self, event: TextDelta) -> bytes:
        if event.signature:
            return self._signed_text(event)
        opening = b"" if self._key == ("text", event.part) else self._text_block(event.part)
        return opening + _TEXT_FRAME % (self._index, _encode(event.text))

    def _text_block(self, part: int) -> bytes:
        return self._open(("text", part), _TEXT_BLOCK)

    def _signed_text(self, event: TextDelta) -> bytes:
        out = b""
        if event.text:
            opening = b"" if self._key == ("text", event.part) else self._text_block(event.part)
            out = opening + self._delta(_TEXT, event.text)
        return out + self._open(("redacted", 0), _encode(write_proof(event.signature or "", TEXT))) + self._shut()

    def _plain(self, text: str) -> bytes:
        if not text:
            return b""
        opening = b"" if self._key is not None and self._key[0] == "text" else self._text_block(-1)
        return opening + self._delta(_TEXT, text)

    def _citation(self, event: CitationDelta) -> bytes:
        citation = write_citation(event.citation)
        if citation is None:
            return b""
        opening = b"" if self._key == ("text", event.part) else self._text_block(event.part)
        return opening + self._delta(_CITATION, citation)

    def _reasoning(self, event: ReasoningDelta) -> bytes:
        out = b""
        if event.text or event.signature:
            if self._key != ("thinking", event.part):
                out = self._open(("thinking", event.part), _THINKING_BLOCK)
            if event.text:
                out += self._delta(_THINKING, event.text)
            if event.signature:
                # Nothing can be added to what is signed.
                signature = write_seal(Seal(event.signature, event.format, event.id))
                out += self._delta(_SIGNATURE, signature) + self._shut()
        if event.redacted is not None:
            sealed = write_seal(Seal(event.redacted, event.format, event.id))
            block = _encode({"type": "redacted_thinking", "data": sealed})
            out += self._open(("redacted", 0), block) + self._shut()
        return out

    def _begin_call(self, event: ToolCallStart) -> bytes:
        out = b""
        if event.signature:
            out = self._open(("redacted", 0), _encode(write_proof(event.signature))) + self._shut()
        block: JsonObject = {"type": "tool_use", "id": call_id(event.id), "name": event.name, "input": {}}
        return out + self._open(("call", event.index), _encode(block))

    def _opaque(self, event: OpaqueDelta) -> bytes:
        value = event.value
        if event.dialect != NAME or not isinstance(value, dict):
            return b""
        arguments: JsonValue = value.get("input")
        streamed = isinstance(arguments, dict) and bool(arguments)
        try:
            block = _encode({**value, "input": {}} if streamed else value)
            text = _encode(arguments).decode()
        except RecursionError:
            return b""  # nested so deeply that it could just be read
        out = self._open(("opaque", 0), block)
        if streamed:
            out += self._delta(_ARGUMENTS, text)
        return out + self._shut()

    def _stop(self, event: Stop) -> bytes:
        self._reason = event.reason
        self._sequence = event.sequence
        self._extra = event.extra.get(NAME, {})
        return self._write_all(self._order.flush()) + self._close()

    def _end(self) -> bytes:
        out = self._write_all(self._order.flush()) + self._close()
        if self._reason == "error":
            return out + write_event(encode_error("api_error", "The provider ended the answer with an error."), "error")
        reason = restore_stop(self._reason or "stop", self._extra.get("stop_reason"))
        delta: JsonObject = {**self._extra, "stop_reason": reason, "stop_sequence": self._sequence}
        wire: JsonObject = {"type": "message_delta", "delta": delta, "usage": write_usage(self._usage)}
        return (
            out
            + write_event(_encode(wire), "message_delta")
            + b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
        )
