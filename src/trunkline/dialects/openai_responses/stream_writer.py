"""Writes a streamed answer: https://platform.openai.com/docs/api-reference/responses-streaming.

Texts, which are nearly everything, are put together from bytes. The last event holds the whole answer once more.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, JsonValue, StopReason, Usage
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
from trunkline.dialects.block_order import Block, BlockOrder
from trunkline.dialects.openai_responses.call_item import CallItem
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.echo import echo_request, wants_summary
from trunkline.dialects.openai_responses.emission import Emission, encode
from trunkline.dialects.openai_responses.logprobs import write_logprobs
from trunkline.dialects.openai_responses.message_item import MessageItem
from trunkline.dialects.openai_responses.output_writing import write_picture
from trunkline.dialects.openai_responses.reasoning_item import ReasoningItem
from trunkline.dialects.openai_responses.response import skeleton
from trunkline.dialects.openai_responses.seal import make_id
from trunkline.dialects.openai_responses.status import write_failure, write_status
from trunkline.dialects.openai_responses.usage import write_tool_usage, write_usage

_NO_LOGPROBS: Final = b"[]"


class ResponsesStreamWriter:
    """One stream. The answer repeats what ``request`` said; choices other than the first are passed over."""

    __slots__ = (
        "_answer", "_emit", "_ended", "_failed", "_ids", "_next", "_open", "_order", "_output", "_refused", "_request",
        "_started", "_status", "_stop", "_summarize", "_usage", "whole",
    )  # fmt: skip

    def __init__(self, request: ChatRequest) -> None:
        self._request = request
        self._emit = Emission()
        self._answer: dict[str, JsonValue] = {}
        self._open: MessageItem | ReasoningItem | CallItem | None = None
        self._order = BlockOrder()
        self._status = "completed"
        """Of the items that end now."""
        self._output: dict[int, JsonValue] = {}
        self._next = 0
        self._ids: set[str] = set()
        self._stop: StopReason = "stop"
        self._refused = False
        self._usage: Usage | None = None
        self._summarize = False
        self._started = False
        self._ended = False
        self._failed = False
        self.whole: JsonValue = None
        """The answer as its last event tells it, once that is written."""

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for ``event``.

        Nothing after a ``Failure``, and only a ``Failure`` after an ``End``: the answer could not be booked, so its end
        was held back.
        """
        if self._ended and (self._failed or not isinstance(event, Failure)):
            return b""
        if isinstance(event, TextDelta) and self._order.clear:
            return self._text(event) if event.choice == 0 else b""
        match event:
            case Start():
                return b"" if self._started else self._start(event)
            case Failure():
                return self._fail(event)
            case End():
                return self._end()
            case UsageReport():
                self._usage = event.usage
                return b""
            case OpaqueDelta():
                if event.dialect != NAME or not isinstance(event.value, dict):
                    return b""
                return self._write_all(self._order.put(event))
            case _ if event.choice != 0:
                return b""
            case Stop():
                self._stop = event.reason
                return b""
            case _:
                return self._begun() + self._write_all(self._order.put(event))

    def _write_all(self, events: list[Block]) -> bytes:
        return b"".join(self._more(event) for event in events)

    def _more(self, event: Block) -> bytes:
        """Something of the answer, whose turn it is."""
        match event:
            case TextDelta():
                return self._text(event)
            case ToolCallDelta():
                return self._open.add(event.arguments) if isinstance(self._open, CallItem) else b""
            case ToolCallStart():
                return self._call(event)
            case ReasoningDelta():
                return self._think(event)
            case RefusalDelta():
                self._refused = True
                out, message = self._message()
                return out + message.refuse(event.text)
            case CitationDelta():
                out, message = self._message()
                if not message.is_open(event.part):
                    out += message.open_text(event.part)
                return out + message.cite(event.citation)
            case ImageDelta():
                out = self._close()
                item = write_picture(event.media, make_id("ig", self._id, self._next))
                return out + self._picture(item)
            case AudioDelta():  # the wire has no sound; its words are told as text
                return self._text(TextDelta(event.transcript)) if event.transcript else b""
            case OpaqueDelta():
                return self._opaque(event.value)

    @property
    def _id(self) -> str:
        return str(self._answer.get("id") or "")

    def _begun(self) -> bytes:
        return b"" if self._started else self._start(Start())

    def _start(self, event: Start) -> bytes:
        self._started = True
        echo = echo_request(self._request)
        self._summarize = wants_summary(echo)
        self._answer = skeleton(echo)
        self._answer.update(
            id=event.id, created_at=event.created, model=event.model or self._request.model, status="in_progress"
        )
        if event.service_tier is not None:
            self._answer["service_tier"] = event.service_tier
        self._usage = event.usage
        return self._emit("response.created", {"response": self._answer}) + self._emit(
            "response.in_progress", {"response": self._answer}
        )

    def _text(self, event: TextDelta) -> bytes:
        message = self._open
        if isinstance(message, MessageItem) and message.is_open(event.part):
            out = b""
        else:
            out, message = self._message()
            if not message.is_open(event.part):
                out += message.open_text(event.part)
        message.add_text(event.text, event.logprobs, event.signature)
        if not event.text and event.logprobs is None:
            return out
        emit = self._emit
        number = emit.number
        emit.number = number + 1
        logprobs = _NO_LOGPROBS if event.logprobs is None else encode(write_logprobs(event.logprobs))
        return b'%b%b%b,"logprobs":%b,"sequence_number":%d}\n\n' % (
            out,
            message.head,
            encode(event.text),
            logprobs,
            number,
        )

    def _message(self) -> tuple[bytes, MessageItem]:
        """The open message, begun if there is none."""
        if isinstance(self._open, MessageItem):
            return b"", self._open
        out = self._begun() + self._close()
        item = self._open = MessageItem(self._emit, self._next, make_id("msg", self._id, self._next))
        self._next += 1
        return out + item.begin(), item

    def _think(self, event: ReasoningDelta) -> bytes:
        if not event.text and event.signature is None and event.redacted is None:
            return b""
        item = self._open
        out = b""
        if not isinstance(item, ReasoningItem) or not item.takes(event):
            out = self._close()
            name = event.id
            if name is None or name in self._ids:
                name = make_id("rs", self._id, self._next)
            self._ids.add(name)
            item = self._open = ReasoningItem(self._emit, self._next, name, event.id, summarize=self._summarize)
            self._next += 1
            out += item.begin()
        out += item.add(event)
        return out + self._close() if item.sealed else out

    def _call(self, event: ToolCallStart) -> bytes:
        out = self._close()
        item = self._open = CallItem(self._emit, self._next, make_id("fc", self._id, self._next), event)
        self._next += 1
        return out + item.begin()

    def _picture(self, item: dict[str, JsonValue]) -> bytes:
        place: dict[str, JsonValue] = {"output_index": self._next}
        begun: JsonValue = {"id": item["id"], "type": item["type"], "status": "in_progress", "result": None}
        out = self._emit("response.output_item.added", {**place, "item": begun})
        for step in ("in_progress", "completed"):
            out += self._emit(f"response.image_generation_call.{step}", {"item_id": item["id"], **place})
        return out + self._done(item)

    def _opaque(self, item: JsonValue) -> bytes:
        out = self._begun() + self._close()
        return (
            out
            + self._emit("response.output_item.added", {"output_index": self._next, "item": item})
            + self._done(item)
        )

    def _done(self, item: JsonValue) -> bytes:
        out = self._emit("response.output_item.done", {"output_index": self._next, "item": item})
        self._output[self._next] = item
        self._next += 1
        return out

    def _close(self) -> bytes:
        """Ends the item that grows."""
        item, self._open = self._open, None
        if item is None:
            return b""
        out, self._output[item.index] = item.finish(self._status)
        return out

    def _close_all(self) -> bytes:
        """Ends everything, with what waited for its turn."""
        return self._write_all(self._order.flush()) + self._close()

    def _end(self) -> bytes:
        state = write_status(self._stop, refused=self._refused)
        self._status = "completed" if state["status"] == "completed" else "incomplete"
        out = self._begun() + self._close_all()
        self._ended = True
        return out + self._emit(f"response.{state['status']}", {"response": self._whole(state)})

    def _fail(self, failure: Failure) -> bytes:
        """The error, and the answer as far as it came."""
        self._ended = self._failed = True
        error: dict[str, JsonValue] = {
            "code": failure.code or failure.kind,
            "message": failure.message,
            "param": None,
        }
        if not self._started:
            return self._emit("error", error)
        self._status = "incomplete"
        out = self._close_all() + self._emit("error", error)
        return out + self._emit("response.failed", {"response": self._whole(write_failure(failure))})

    def _whole(self, state: dict[str, JsonValue]) -> JsonValue:
        self.whole = whole = self._put_together(state)
        return whole

    def _put_together(self, state: dict[str, JsonValue]) -> JsonValue:
        whole: dict[str, JsonValue] = {
            **self._answer,
            **state,
            "output": [self._output[place] for place in sorted(self._output)],
        }
        if self._usage is not None:
            whole["usage"] = write_usage(self._usage)
            if self._usage.searches:
                whole["tool_usage"] = write_tool_usage(self._usage.searches)
        return whole
