"""Answers as they are written: following them, coming back to them, stopping them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, NamedTuple

from fastapi import Header, Query, Request
from starlette.responses import Response

from trunkline.control.conversations.answer_track import AnswerEvent
from trunkline.control.conversations.answers import last_position
from trunkline.control.conversations.message import show_message
from trunkline.control.conversations.messages import AskingRequest
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.faces.conversations.wire import MessageResponse, MessageStopRequest, StreamTicketResponse
from trunkline.faces.http.auth import ActorDep, ReaderDep, allow, allow_reader
from trunkline.faces.http.errors import request_id_of
from trunkline.faces.http.event_stream import EVENTS, SentEvent, send_events
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import Services, ServicesDep
from trunkline.faces.http.wire import GivenId, PathId

_LONGEST_UNIT = 255
_LONGEST_POSITION = 10


router = Router(prefix="/api/conversations/{conversation_id}", tags=["Conversations"])


@router.get(
    "/stream",
    dependencies=[allow_reader("conversations.read")],
    response_class=Response,
    responses={**EVENTS, 204: {"description": "All of it has been seen."}},
)
async def follow_answer(
    services: ServicesDep,
    conversation_id: PathId,
    actor: ReaderDep,
    message_id: Annotated[
        GivenId | None, Query(alias="messageId", description="Which answer; else the one that is being written.")
    ] = None,
    last_event_id: Annotated[str | None, Header(description="To go on after that event.")] = None,
    last_event: Annotated[
        str | None, Query(alias="lastEventId", description="The same, where headers cannot be set.")
    ] = None,
) -> Response:
    """An answer from its beginning or from where a reader lost it, whether it is still written or long over."""
    seen = _read_event_id(last_event_id or last_event)
    if seen is None:
        message, after = await services.answers.find(actor, conversation_id, message_id), -1
    elif message_id in {None, seen.message_id}:
        # The answer that was being read, also where another one is being written by now.
        message, after = await services.answers.find(actor, conversation_id, seen.message_id), seen.position
    else:
        raise InvalidInput.of("lastEventId", "is of another answer than messageId. Leave one of the two out.")
    if message.finished_at is not None and after >= last_position(message):
        # What an EventSource takes as the word to come back no more.
        return Response(status_code=204)
    return send_events(_tell(message.id, services.answers.follow(message.id, after)))


@router.post("/tickets", status_code=201, dependencies=[allow("conversations.read")])
async def create_stream_ticket(services: ServicesDep, conversation_id: PathId, actor: ActorDep) -> StreamTicketResponse:
    """A ticket for `GET …/stream?ticket=`: good once, for a minute. For a browser's `EventSource`."""
    ticket, expires_at = await services.tickets.issue(actor, conversation_id)
    return StreamTicketResponse(ticket=ticket, expires_at=expires_at)


@router.post("/stop", dependencies=[allow("conversations.change")])
async def stop_answer(
    services: ServicesDep, conversation_id: PathId, actor: ActorDep, given: MessageStopRequest | None = None
) -> MessageResponse:
    """Stop an answer, at the provider too. What has come is kept, and what it used is in the answer."""
    message_id = given.message_id if given else None
    return MessageResponse.of(show_message(await services.answers.stop(actor, conversation_id, message_id)))


async def answer_with(
    services: Services, actor: Actor, conversation_id: str, answer_id: str, *, stream: bool
) -> Response:
    """What is sent back for an answer that has begun: its events, or the message when it has ended."""
    if stream:
        return send_events(_tell(answer_id, services.answers.follow(answer_id)))
    await services.answers.wait(answer_id)
    view = await services.messages.get(actor, conversation_id, answer_id)
    return Response(MessageResponse.of(view).model_dump_json(by_alias=True), media_type="application/json")


def read_asking_request(request: Request) -> AskingRequest:
    """The request by which something is said. ``X-User-Id`` is the program's own name for its user."""
    unit = request.headers.get("x-user-id", "").strip()[:_LONGEST_UNIT]
    return AskingRequest(request_id_of(request), unit or None)


async def _tell(message_id: str, events: AsyncGenerator[AnswerEvent]) -> AsyncGenerator[SentEvent]:
    try:
        async for event in events:
            yield SentEvent(event.event, event.data, f"{message_id}:{event.id}")
    finally:
        await events.aclose()


class _Place(NamedTuple):
    message_id: str
    position: int


def _read_event_id(text: str | None) -> _Place | None:
    if not text:
        return None
    message_id, _, position = text.rpartition(":")
    if not (message_id and position.isascii() and position.isdigit() and len(position) < _LONGEST_POSITION):
        raise InvalidInput.of("lastEventId", "must be the id of an event. Leave it out to start anew.")
    return _Place(message_id, int(position))
