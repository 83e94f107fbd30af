"""Writes a streamed answer as chat completion chunks.

https://platform.openai.com/docs/api-reference/chat-streaming/streaming. All chunks share the id, the time and the model
of :class:`~trunkline.core.chat_events.Start`. Texts, which are nearly everything, are put together from bytes.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Citation, JsonValue, Usage
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
from trunkline.dialects.media_url import write_image_url
from trunkline.dialects.openai_chat.finish import write_finish
from trunkline.dialects.openai_chat.logprobs import write_logprobs
from trunkline.dialects.openai_chat.usage import write_usage

DONE: Final = b"data: [DONE]\n\n"
_encode: Final = msgspec.json.Encoder().encode


class _Choice:
    """What a choice has said so far, as far as its end depends on it."""

    __slots__ = ("mute", "refused", "thoughts")

    def __init__(self) -> None:
        self.mute: set[int] = set()
        """The calls that have no arguments yet."""
        self.refused = False
        self.thoughts: dict[int, int] = {}
        """The place of each thought among the thoughts. SDKs put lists together by ``index`` and lose pieces of an
        entry whose index leaves a gap (https://github.com/openai/openai-python, ``lib/streaming/_deltas.py``)."""


class ChatStreamWriter:
    """One stream. Usage is told in a chunk of its own before the end, only when ``request`` asked for it."""

    __slots__ = ("_broken", "_choices", "_ended", "_head", "_opened", "_tail", "_usage", "_wants_usage")

    def __init__(self, request: ChatRequest) -> None:
        self._wants_usage = request.stream_usage
        self._usage: Usage | None = None
        self._choices: dict[int, _Choice] = {}
        self._opened: set[int] = set()
        self._head = b""
        # OpenAI sends "usage": null in every other chunk when usage was asked for.
        self._tail = b',"usage":null}\n\n' if request.stream_usage else b"}\n\n"
        self._ended = False
        self._broken = False

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for ``event``. Nothing after an ``End`` or a ``Failure``."""
        if self._ended:
            return b""
        match event:
            case TextDelta():
                lead = self._open(event.choice)
                logprobs = b"" if event.logprobs is None else b',"logprobs":' + _encode(write_logprobs(event.logprobs))
                signature = (
                    b"" if event.signature is None else b',"extra_content":' + _encode(google_extra(event.signature))
                )
                return b'%b%b{"index":%d,"delta":{"content":%b%b},"finish_reason":null%b}]%b' % (
                    lead,
                    self._head,
                    event.choice,
                    _encode(event.text),
                    signature,
                    logprobs,
                    self._tail,
                )
            case ReasoningDelta():
                thoughts = self._choice(event.choice).thoughts
                place = thoughts.setdefault(event.part, len(thoughts))
                return self._chunk(event.choice, _reasoning(event, place))
            case ToolCallDelta():
                if event.arguments:
                    self._choice(event.choice).mute.discard(event.index)
                function: JsonValue = {"arguments": event.arguments}
                return self._chunk(event.choice, {"tool_calls": [{"index": event.index, "function": function}]})
            case ToolCallStart():
                self._choice(event.choice).mute.add(event.index)
                return self._chunk(event.choice, {"tool_calls": [_tool_call(event)]})
            case RefusalDelta():
                self._choice(event.choice).refused = True
                return self._chunk(event.choice, {"refusal": event.text})
            case ImageDelta():
                image: JsonValue = {"type": "image_url", "image_url": {"url": write_image_url(event.media)}}
                return self._chunk(event.choice, {"images": [image]})
            case AudioDelta():
                return self._chunk(event.choice, {"audio": _audio(event)})
            case CitationDelta():
                annotation = write_annotation(event.citation)
                return self._chunk(event.choice, {"annotations": [annotation]}) if annotation else b""
            case Start():
                if self._head:
                    return b""
                self._start(event)
                return self._open(0)
            case UsageReport():
                self._usage = event.usage
                return b""
            case Stop():
                return self._stop(event)
            case OpaqueDelta():
                return b""
            case Failure():
                self._ended = True
                return write_failure(event)
            case End():
                self._ended = True
                if self._broken:
                    return write_failure(Failure("The provider ended the answer with an error."))
                if self._wants_usage and self._usage is not None:
                    # The head ends within the list of choices, which stays empty here.
                    return b'%b],"usage":%b}\n\n%b' % (self._begun(), _encode(write_usage(self._usage)), DONE)
                return DONE

    def _start(self, event: Start) -> None:
        tier = b"" if event.service_tier is None else b',"service_tier":' + _encode(event.service_tier)
        self._head = b'data: {"id":%b,"object":"chat.completion.chunk","created":%d,"model":%b%b,"choices":[' % (
            _encode(event.id),
            event.created,
            _encode(event.model),
            tier,
        )
        if event.usage is not None:
            self._usage = event.usage

    def _begun(self) -> bytes:
        if not self._head:
            self._start(Start())
        return self._head

    def _choice(self, index: int) -> _Choice:
        return self._choices.get(index) or self._choices.setdefault(index, _Choice())

    def _open(self, choice: int) -> bytes:
        """The chunk that gives a choice its role, before its first words; nothing later on."""
        if choice in self._opened:
            return b""
        self._opened.add(choice)
        return b'%b{"index":%d,"delta":{"role":"assistant","content":""},"finish_reason":null}]%b' % (
            self._begun(),
            choice,
            self._tail,
        )

    def _chunk(self, choice: int, delta: dict[str, JsonValue], finish: str | None = None) -> bytes:
        lead = self._open(choice)
        return b'%b%b{"index":%d,"delta":%b,"finish_reason":%b}]%b' % (
            lead,
            self._head,
            choice,
            _encode(delta),
            _encode(finish),
            self._tail,
        )

    def _stop(self, event: Stop) -> bytes:
        if event.reason == "error":
            self._broken = True
            return b""
        lead = self._open(event.choice)
        choice = self._choice(event.choice)
        # Clients parse the arguments as JSON, so a call without any gets the empty object.
        empty = [
            self._chunk(event.choice, {"tool_calls": [{"index": index, "function": {"arguments": "{}"}}]})
            for index in sorted(choice.mute)
        ]
        choice.mute.clear()
        finish = write_finish(event.reason, refused=choice.refused)
        return b"".join((lead, *empty, self._chunk(event.choice, {}, finish)))


def write_failure(failure: Failure) -> bytes:
    """The end of a stream that broke off: an event with ``error``, which OpenAI's SDKs raise, then ``[DONE]``."""
    kind = "invalid_request_error" if failure.kind in {"bad_request", "too_large", "moderated"} else "server_error"
    error: JsonValue = {
        "error": {"message": failure.message, "type": kind, "param": None, "code": failure.code or failure.kind}
    }
    return b"data: %b\n\n%b" % (_encode(error), DONE)


def google_extra(signature: str) -> dict[str, JsonValue]:
    """https://ai.google.dev/gemini-api/docs/thought-signatures#openai"""
    return {"google": {"thought_signature": signature}}


def write_annotation(citation: Citation) -> dict[str, JsonValue] | None:
    """A ``url_citation``; None for a source without an address, which this wire cannot express."""
    if citation.url is None:
        return None
    inner: dict[str, JsonValue] = {
        "url": citation.url,
        "title": citation.title or "",
        "start_index": citation.start or 0,
        "end_index": citation.end or 0,
    }
    if citation.quote is not None:
        inner["content"] = citation.quote
    return {"type": "url_citation", "url_citation": inner}


def _tool_call(event: ToolCallStart) -> dict[str, JsonValue]:
    call: dict[str, JsonValue] = {
        "index": event.index,
        "id": event.id,
        "type": "function",
        "function": {"name": event.name, "arguments": ""},
    }
    if event.signature is not None:
        call["extra_content"] = google_extra(event.signature)
    return call


def _reasoning(event: ReasoningDelta, place: int) -> dict[str, JsonValue]:
    """Both forms in every chunk, as OpenRouter does: whether a signature will follow, which needs its text beside it in
    ``reasoning_details``, is not known yet."""
    detail: dict[str, JsonValue]
    delta: dict[str, JsonValue] = {}
    if event.redacted is not None:
        detail = {"type": "reasoning.encrypted", "data": event.redacted}
    elif event.summary:
        detail = {"type": "reasoning.summary", "summary": event.text}
    else:
        detail = {"type": "reasoning.text", "text": event.text}
    if event.signature is not None:
        detail["signature"] = event.signature
    if event.id is not None:
        detail["id"] = event.id
    if event.format is not None:
        detail["format"] = event.format
    detail["index"] = place
    if event.text and event.redacted is None:
        delta["reasoning_content"] = event.text
    delta["reasoning_details"] = [detail]
    return delta


def _audio(event: AudioDelta) -> dict[str, JsonValue]:
    audio: dict[str, JsonValue] = {}
    if event.id is not None:
        audio["id"] = event.id
    if event.data:
        audio["data"] = event.data
    if event.transcript:
        audio["transcript"] = event.transcript
    if event.expires_at is not None:
        audio["expires_at"] = event.expires_at
    return audio
