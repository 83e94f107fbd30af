"""Streamed answers, as the vendor sends them. https://docs.anthropic.com/en/docs/build-with-claude/streaming

``message_start``; for every block ``content_block_start``, deltas, ``content_block_stop``; ``message_delta`` with the
stop reason and the final usage; ``message_stop``. ``ping`` and unknown events may come anywhere; ``error`` ends it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Usage
from trunkline.core.chat_events import (
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    OpaqueDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.core.errors import UpstreamError
from trunkline.dialects.anthropic_messages.answer_block import write_input
from trunkline.dialects.anthropic_messages.block_reading import NAME, by_server
from trunkline.dialects.anthropic_messages.citation import read_citation
from trunkline.dialects.anthropic_messages.error import read_failure
from trunkline.dialects.anthropic_messages.seal import read_seal
from trunkline.dialects.anthropic_messages.stop import KNOWN, is_exact, read_stop
from trunkline.dialects.anthropic_messages.usage import WireUsage, merge_usage, read_usage
from trunkline.dialects.failure import MALFORMED, find_lone_words
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.raw_json import BROKEN_JSON, decode
from trunkline.dialects.spare_field import decode_spared
from trunkline.dialects.sse import MAX_EVENT, EventReader, EventTooLarge


class _Message(msgspec.Struct):
    id: str | None = None
    model: str | None = None
    usage: WireUsage | None = None


class _Delta(msgspec.Struct):
    type: str | None = None
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None
    signature: str | None = None
    citation: JsonValue = None
    stop_reason: str | None = None
    stop_sequence: str | None = None


class _Event(msgspec.Struct):
    """Any event. One type with every field is decoded faster than a union, and passes over what is unknown."""

    type: str
    index: int | None = None
    delta: _Delta | None = None
    content_block: dict[str, JsonValue] | None = None
    message: _Message | None = None
    usage: WireUsage | None = None
    error: JsonValue = None


class _Raw(msgspec.Struct):
    """What an event holds beyond the fields named above."""

    delta: dict[str, JsonValue] | None = None
    message: dict[str, JsonValue] | None = None


# An answer begins with the first of these, even where a server leaves out "message_start".
_BEGINS: Final = frozenset(
    {"message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop"}
)


MAX_OPEN: Final = 1024
"""The most blocks that may be open at once; the vendor opens one."""

_decoder: Final = msgspec.json.Decoder(_Event)
_raw_decoder: Final = msgspec.json.Decoder(_Raw)


class _Call:
    """A tool call that is being read: its number, and the input that came with its start, until deltas come."""

    __slots__ = ("early", "number")

    def __init__(self, number: int, early: str) -> None:
        self.number = number
        self.early = early


class _Hidden:
    """A block that only this dialect knows, gathered until it is whole."""

    __slots__ = ("block", "json", "size")

    def __init__(self, block: JsonObject) -> None:
        self.block = block
        self.json: list[str] = []
        self.size = 0


class Reader:
    """Reads one stream; see :class:`~trunkline.dialects.dialect.StreamReader`.

    ``part`` of the deltas is the block's index. A block that only this dialect knows comes as one ``OpaqueDelta``, when
    it is whole: its value is what an answer that is not streamed would hold.
    """

    __slots__ = ("_calls", "_done", "_events", "_ids", "_last", "_open", "_started", "_stopped", "_usage")

    def __init__(self) -> None:
        self._events = EventReader()
        self._open: dict[int, _Call | _Hidden] = {}
        self._calls = 0
        self._last = 0
        self._ids = MadeIds()
        self._usage: Usage | None = None
        self._started = False
        self._stopped = False
        self._done = False

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events that ``data`` completes."""
        out: list[ChatEvent] = []
        if self._done:
            return out
        try:
            for event in self._events.feed(data):
                self._take(event.data, out)
                if self._done:
                    break
        except EventTooLarge:
            self._fail("The provider sent an event that is too large.", out)
        except BROKEN_JSON:
            self._fail(MALFORMED, out)
        return out

    def close(self) -> list[ChatEvent]:
        """The events that the end of the body completes."""
        out: list[ChatEvent] = []
        if not self._done and self._events.pending:
            # The last event may lack its blank line; or it was cut.
            with suppress(EventTooLarge):
                for event in self._events.feed(b"\n\n"):
                    if not self._done and decode(event.data) is not None:
                        self._take(event.data, out)
        if not self._done:
            if self._stopped:
                self._end(out)
            else:
                self._fail("The provider ended the stream early.", out)
        return out

    def _take(self, data: bytes, out: list[ChatEvent]) -> None:
        try:
            event = _decoder.decode(data)
        except BROKEN_JSON:
            if data.strip() == b"[DONE]":
                # Not of this wire, but some servers that speak several end every stream so.
                out.extend(self.close())
                return
            spared = decode_spared(data, _Event)
            if spared is None:
                self._refuse(decode(data), out)
                return
            event = spared
        delta, index = event.delta, event.index
        if (
            event.type == "content_block_delta"
            and self._started
            and delta is not None
            and delta.type == "text_delta"
            and index is not None
            and index not in self._open
        ):
            # Nearly all events are this.
            self._last = index
            if delta.text:
                out.append(TextDelta(delta.text, part=index))
            return
        if not self._started and event.type in _BEGINS:
            self._start(event, data, out)
        match event.type:
            case "content_block_delta":
                if event.delta is not None:
                    self._delta(event, event.delta, data, out)
            case "content_block_start":
                self._start_block(event, out)
            case "content_block_stop":
                self._stop_block(self._index(event), out)
            case "message_delta":
                self._finish(event, data, out)
            case "message_stop":
                self._stop(None, None, {}, out)
                self._end(out)
            case "error":
                self._break_off(read_failure({"error": event.error}), out)
            case _:
                pass

    def _index(self, event: _Event) -> int:
        if event.index is not None:
            self._last = event.index
        return self._last

    def _start(self, event: _Event, data: bytes, out: list[ChatEvent]) -> None:
        self._started = True
        message = event.message or _Message()
        extra = {} if event.message is None else _unnamed(_raw_decoder.decode(data).message)
        tier = None
        if message.usage is not None:
            self._usage = read_usage(message.usage)
            tier = message.usage.service_tier
        out.append(
            Start(message.id or "", message.model or "", usage=self._usage, service_tier=tier, extra=_own(extra))
        )

    def _start_block(self, event: _Event, out: list[ChatEvent]) -> None:
        index = self._index(event)
        self._stop_block(index, out)
        if self._done:
            return
        if len(self._open) >= MAX_OPEN:
            self._fail("The provider began more parts than an answer can have.", out)
            return
        block = event.content_block or {}
        kind = block.get("type")
        if kind == "text":
            if text := _text(block, "text"):
                out.append(TextDelta(text, part=index))
            citations = block.get("citations")
            read = [read_citation(value) for value in (citations if isinstance(citations, list) else ())]
            out.extend(CitationDelta(citation, part=index) for citation in read if citation is not None)
        elif kind == "thinking":
            thinking, signature = _text(block, "thinking"), _text(block, "signature")
            if thinking:
                out.append(ReasoningDelta(thinking, part=index))
            if signature:
                out.append(_signed(signature, index))
        elif kind == "redacted_thinking":
            seal = read_seal(_text(block, "data"))
            out.append(ReasoningDelta(redacted=seal.value, part=index, id=seal.id, format=seal.format))
        elif kind == "tool_use" and not by_server(block):
            early = block.get("input")
            number = self._calls
            self._calls += 1
            self._open[index] = _Call(number, write_input(early))
            identity = _text(block, "id") or self._ids.make(_text(block, "name"))
            out.append(ToolCallStart(number, identity, _text(block, "name")))
        elif isinstance(kind, str):
            self._open[index] = _Hidden(block)

    def _delta(self, event: _Event, delta: _Delta, data: bytes, out: list[ChatEvent]) -> None:
        index = self._index(event)
        kind = delta.type
        block = self._open.get(index)
        if isinstance(block, _Hidden):
            self._hide(block, delta, data, out)
        elif kind == "text_delta":
            if delta.text:
                out.append(TextDelta(delta.text, part=index))
        elif kind == "input_json_delta":
            if not delta.partial_json:
                return
            if block is None:
                self._fail("The provider sent arguments of a tool call that it never began.", out)
                return
            block.early = ""
            out.append(ToolCallDelta(block.number, delta.partial_json))
        elif kind == "thinking_delta":
            if delta.thinking:
                out.append(ReasoningDelta(delta.thinking, part=index))
        elif kind == "signature_delta":
            if delta.signature:
                out.append(_signed(delta.signature, index))
        elif kind == "citations_delta":
            citation = read_citation(delta.citation)
            if citation is not None:
                out.append(CitationDelta(citation, part=index))

    def _hide(self, hidden: _Hidden, delta: _Delta, data: bytes, out: list[ChatEvent]) -> None:
        hidden.size += len(data)
        if hidden.size > MAX_EVENT:
            self._fail("The provider sent a block that is too large.", out)
            return
        if delta.type == "input_json_delta":
            hidden.json.append(delta.partial_json or "")
            return
        for key, value in (_raw_decoder.decode(data).delta or {}).items():
            if key != "type":
                known = hidden.block.get(key)
                hidden.block[key] = known + value if isinstance(known, str) and isinstance(value, str) else value

    def _stop_block(self, index: int, out: list[ChatEvent]) -> None:
        block = self._open.pop(index, None)
        if isinstance(block, _Call):
            if block.early:
                out.append(ToolCallDelta(block.number, block.early))
        elif block is not None:
            if arguments := "".join(block.json):
                try:
                    block.block["input"] = msgspec.json.decode(arguments)
                except BROKEN_JSON:
                    self._fail("The provider sent arguments of a tool call that are no JSON.", out)
                    return
            out.append(OpaqueDelta(NAME, block.block))

    def _finish(self, event: _Event, data: bytes, out: list[ChatEvent]) -> None:
        delta = event.delta
        if delta is not None and delta.stop_reason is not None:
            extra = _unnamed(_raw_decoder.decode(data).delta)
            if not is_exact(delta.stop_reason):
                extra["stop_reason"] = delta.stop_reason
            self._stop(delta.stop_reason, delta.stop_sequence, extra, out)
        if event.usage is not None and not self._done:
            usage = merge_usage(self._usage, read_usage(event.usage))
            if usage is not None:
                self._usage = usage
                out.append(UsageReport(usage))

    def _stop(self, reason: str | None, sequence: str | None, extra: JsonObject, out: list[ChatEvent]) -> None:
        if self._stopped:
            return
        for index in sorted(self._open):
            self._stop_block(index, out)
            if self._done:
                return
        self._stopped = True
        out.append(Stop(read_stop(reason, called=self._calls > 0), sequence, extra=_own(extra)))

    def _end(self, out: list[ChatEvent]) -> None:
        if not self._done:
            self._done = True
            out.append(End())

    def _refuse(self, value: JsonValue, out: list[ChatEvent]) -> None:
        """Ends at an event without a type: an error, if it tells of one."""
        words = find_lone_words(value)
        if isinstance(value, dict) and words is not None:
            self._break_off(read_failure({**value, "message": words}), out)
        elif isinstance(value, dict) and value.get("error"):
            self._break_off(read_failure(value), out)
        else:
            self._fail(MALFORMED, out)

    def _break_off(self, failure: UpstreamError, out: list[ChatEvent]) -> None:
        self._done = True
        message = f"{failure.message} {failure.detail}" if failure.detail else failure.message
        out.append(Failure(message, failure.kind, failure.upstream_code))

    def _fail(self, message: str, out: list[ChatEvent]) -> None:
        self._done = True
        self._open.clear()
        out.append(Failure(message, "malformed"))


def _unnamed(fields: JsonObject | None) -> JsonObject:
    return {key: value for key, value in (fields or {}).items() if key not in KNOWN and value is not None}


def _own(extra: JsonObject) -> dict[str, JsonObject]:
    return {NAME: extra} if extra else {}


def _signed(signature: str, index: int) -> ReasoningDelta:
    seal = read_seal(signature)
    return ReasoningDelta(signature=seal.value, part=index, id=seal.id, format=seal.format)


def _text(block: JsonObject, key: str) -> str:
    value = block.get(key)
    return value if isinstance(value, str) else ""
