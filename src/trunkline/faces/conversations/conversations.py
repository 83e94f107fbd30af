"""``/api/conversations``: everybody's own history."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Request, Response

from trunkline.control.conversations.conversations import ConversationChange
from trunkline.control.conversations.export import file_name, write_markdown
from trunkline.faces.conversations.wire import (
    ConversationCreateRequest,
    ConversationResponse,
    ConversationTreeResponse,
    ConversationUpdateRequest,
)
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse

router = Router(prefix="/api/conversations", tags=["Conversations"])


@router.post("", status_code=201, dependencies=[allow("conversations.change")])
async def create_conversation(
    services: ServicesDep, given: ConversationCreateRequest, actor: ActorDep
) -> ConversationResponse:
    """Begin a conversation with a feature or a model."""
    view = await services.conversations.create(actor, feature=given.feature, model=given.model)
    return ConversationResponse.model_validate(view)


@router.get("", dependencies=[allow("conversations.read")])
async def list_conversations(
    services: ServicesDep,
    actor: ActorDep,
    page: PageDep,
    request: Request,
    response: Response,
    q: Annotated[
        str | None, Query(max_length=255, description="Words that stand in the title or in a message.")
    ] = None,
) -> list[ConversationResponse]:
    """Your conversations, the last used first."""
    found = await services.conversations.list(actor, page, q.strip() if q else None)
    link_next(request, response, found)
    return [ConversationResponse.model_validate(view) for view in found.items]


@router.get("/{conversation_id}", dependencies=[allow("conversations.read")])
async def get_conversation(services: ServicesDep, conversation_id: PathId, actor: ActorDep) -> ConversationTreeResponse:
    """One conversation with all of its messages."""
    return ConversationTreeResponse.of(await services.conversations.get(actor, conversation_id))


@router.patch("/{conversation_id}", dependencies=[allow("conversations.change")])
async def update_conversation(
    services: ServicesDep, conversation_id: PathId, given: ConversationUpdateRequest, actor: ActorDep
) -> ConversationResponse:
    """Give it a title, show another branch, or go on with another model."""
    change = ConversationChange(title=given.title, leaf_id=given.leaf_id, feature=given.feature, model=given.model)
    return ConversationResponse.model_validate(await services.conversations.update(actor, conversation_id, change))


@router.delete("/{conversation_id}", dependencies=[allow("conversations.change")])
async def delete_conversation(services: ServicesDep, conversation_id: PathId, actor: ActorDep) -> SuccessResponse:
    """Delete it with its messages and pictures."""
    await services.conversations.delete(actor, conversation_id)
    return SuccessResponse()


@router.get(
    "/{conversation_id}/export",
    dependencies=[allow("conversations.read")],
    response_model=ConversationTreeResponse,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}, "description": "A file."}},
)
async def export_conversation(
    services: ServicesDep,
    conversation_id: PathId,
    actor: ActorDep,
    format: Annotated[  # noqa: A002 - the name on the wire
        Literal["json", "markdown"], Query(description="All branches as JSON, or the shown one as Markdown.")
    ] = "json",
) -> Response:
    """The conversation as a file."""
    tree = await services.conversations.get(actor, conversation_id)
    if format == "json":
        body, kind, extension = (
            ConversationTreeResponse.of(tree).model_dump_json(by_alias=True),
            "application/json",
            "json",
        )
    else:
        body, kind, extension = write_markdown(tree), "text/markdown", "md"
    name = file_name(tree, extension)
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
