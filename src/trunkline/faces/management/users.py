"""``/api/users``: the people of the installation, for its administrator."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.control.people.users import UserChange
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId
from trunkline.faces.management.auth import write_user
from trunkline.faces.management.user_wire import (
    EndedSessionsResponse,
    UserCreateRequest,
    UserResponse,
    UserUpdateRequest,
)

router = Router(prefix="/api/users", tags=["Users"], dependencies=[allow("users.manage")])


@router.get("")
async def list_users(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[UserResponse]:
    """All users, the oldest first."""
    found = await services.users.list(actor, page)
    link_next(request, response, found)
    return [write_user(view) for view in found.items]


@router.post("", status_code=201)
async def create_user(services: ServicesDep, given: UserCreateRequest, actor: ActorDep) -> UserResponse:
    """Make a user."""
    password = given.password.get_secret_value()
    return write_user(await services.users.create(actor, given.email, password, given.name, given.role))


@router.patch("/{user_id}")
async def update_user(
    services: ServicesDep, user_id: PathId, given: UserUpdateRequest, actor: ActorDep
) -> UserResponse:
    """Rename, disable or enable a user, change their role, or set a new password."""
    change = UserChange(
        name=given.name,
        role=given.role,
        disabled=given.disabled,
        password=given.password.get_secret_value() if given.password is not None else None,
    )
    return write_user(await services.users.update(actor, user_id, change))


@router.delete("/{user_id}/sessions")
async def end_sessions(services: ServicesDep, user_id: PathId, actor: ActorDep) -> EndedSessionsResponse:
    """Sign a user out everywhere."""
    return EndedSessionsResponse(sessions=await services.users.end_sessions(actor, user_id))
