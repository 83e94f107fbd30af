"""``/api/conversations/{id}/messages``: saying something, and how good the answer was."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from trunkline.control.conversations.messages import Messages
from trunkline.faces.conversations.answers import answer_with, read_asking_request
from trunkline.faces.conversations.wire import (
    MessageCreateRequest,
    MessageRateRequest,
    MessageRegenerateRequest,
    MessageResponse,
)
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.event_stream import ANSWERS
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId

router = Router(prefix="/api/conversations/{conversation_id}", tags=["Conversations"])


@router.post(
    "/messages", dependencies=[allow("conversations.change")], response_model=MessageResponse, responses=ANSWERS
)
async def send_message(
    services: ServicesDep, conversation_id: PathId, given: MessageCreateRequest, actor: ActorDep, request: Request
) -> Response:
    """Say something. The answer comes as server-sent events, or with `"stream": false` whole, as a message.

    To change what was said before, send it again with the `parentId` of the old message: that opens a branch.
    """
    parent = given.parent_id if given.was_sent("parent_id") else Messages.LATEST
    answer_id = await services.messages.send(
        actor, conversation_id, given.read_content(), read_asking_request(request), parent=parent
    )
    return await answer_with(services, actor, conversation_id, answer_id, stream=given.stream)


@router.post(
    "/regenerate", dependencies=[allow("conversations.change")], response_model=MessageResponse, responses=ANSWERS
)
async def regenerate_answer(
    services: ServicesDep,
    conversation_id: PathId,
    actor: ActorDep,
    request: Request,
    given: MessageRegenerateRequest | None = None,
) -> Response:
    """Have a question answered anew, on a new branch beside the old answer."""
    given = given or MessageRegenerateRequest()
    answer_id = await services.messages.regenerate(
        actor, conversation_id, given.message_id, read_asking_request(request)
    )
    return await answer_with(services, actor, conversation_id, answer_id, stream=given.stream)


@router.get("/messages/{message_id}", dependencies=[allow("conversations.read")])
async def get_message(
    services: ServicesDep, conversation_id: PathId, message_id: PathId, actor: ActorDep
) -> MessageResponse:
    """One message as it is now."""
    return MessageResponse.of(await services.messages.get(actor, conversation_id, message_id))


@router.post("/messages/{message_id}/rating", dependencies=[allow("conversations.change")])
async def rate_message(
    services: ServicesDep, conversation_id: PathId, message_id: PathId, given: MessageRateRequest, actor: ActorDep
) -> MessageResponse:
    """Say how good an answer was, from 1 to 5. The last word counts."""
    return MessageResponse.of(await services.messages.rate(actor, conversation_id, message_id, given.rating))
