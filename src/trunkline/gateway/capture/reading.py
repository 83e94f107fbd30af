"""What is to be captured of one kind of call, and how its answer is heard and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from trunkline.core.chat import ChatResponse, Choice
from trunkline.core.chat_events import ChatEvent, Start, Stop, UsageReport
from trunkline.core.collected_answer import CollectedAnswer
from trunkline.core.errors import TrunklineError
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.openai_operations.form_body import FormBody
from trunkline.dialects.openai_operations.form_description import describe_form
from trunkline.dialects.openai_operations.joined_stream import join_completion, join_events
from trunkline.gateway.answer import HeaderList
from trunkline.gateway.capture.ear import BeginningEar, Ear, EventEar, SoundEar
from trunkline.gateway.exchanges import operation
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.exchange import Inspectable
from trunkline.gateway.exchanges.operation import OperationCall

Join = Callable[[bytes, str], bytes | None]
"""Puts a stream together that a model gave: None for what cannot be."""

_EVENTS: Final = "text/event-stream"
_TEXTS: Final = ("text/", "application/json")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """``request`` is what was sent, as it is shown, of ``size`` bytes; ``leaves_out``: files, which are not shown.

    ``join`` puts streams together. ``is_heard_whole`` says that the beginning of one is kept as it comes, because it
    has no pictures and no sounds in it.
    """

    request: bytes
    size: int
    leaves_out: bool = False
    join: Join | None = None
    is_heard_whole: bool = True

    def make_ear(self, headers: HeaderList) -> tuple[Ear, Join | None]:
        """What hears a stream with these headers, and what puts together what that keeps."""
        kind = next((value.decode("latin-1") for name, value in headers if name.lower() == b"content-type"), "")
        if self.is_heard_whole:
            return BeginningEar(), self.join
        if kind.startswith(_EVENTS):
            return EventEar(), self.join
        return (BeginningEar() if kind.startswith(_TEXTS) else SoundEar(kind)), _keep


def read_exchange(exchange: Inspectable) -> Reading | None:
    """How to capture it; None for what has no content."""
    match exchange:
        case Chat(dialect=dialect, body=body):
            return Reading(request=body, size=len(body), join=lambda stream, model: join_chat(dialect, stream, model))
        case Embeddings(body=body):
            return Reading(request=body, size=len(body))
        case OperationCall(body=FormBody() as form):
            described, files = describe_form(form), any(part.is_file for part in form.parts)
            return Reading(
                request=described, size=len(form.raw), leaves_out=files, join=_join_events, is_heard_whole=False
            )
        case OperationCall(kind=kind, body=body):
            plain = kind is operation.COMPLETIONS
            return Reading(
                request=body.raw,
                size=len(body.raw),
                join=_join_completion if plain else _join_events,
                is_heard_whole=plain,
            )
        case _:
            return None


def join_chat(dialect: Dialect, stream: bytes, model: str) -> bytes | None:
    """A chat's stream as the answer in one piece that it could have been; None for what is no stream of events."""
    reader = dialect.stream_reader()
    try:
        events = [*reader.feed(stream), *reader.close()]
        if not events:
            return None
        return dialect.write_response(_collect(events, model))
    except (TrunklineError, msgspec.MsgspecError):
        return None


def _collect(events: list[ChatEvent], model: str) -> ChatResponse:
    collected = CollectedAnswer()
    collected.add(events)
    start = next((event for event in events if isinstance(event, Start)), Start())
    stop = next((event for event in events if isinstance(event, Stop)), Stop())
    usage = next((event.usage for event in reversed(events) if isinstance(event, UsageReport)), start.usage)
    return ChatResponse(
        id=start.id,
        model=start.model or model,
        created=start.created,
        choices=(Choice(collected.parts, stop.reason, stop.sequence),),
        usage=usage,
    )


def _join_completion(stream: bytes, model: str) -> bytes | None:
    del model
    return join_completion(stream)


def _join_events(stream: bytes, model: str) -> bytes | None:
    del model
    return join_events(stream)


def _keep(stream: bytes, model: str) -> bytes:
    del model
    return stream
