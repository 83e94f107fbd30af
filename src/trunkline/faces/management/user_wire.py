"""Users on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SecretStr, StrictBool, StringConstraints

from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320)]


Password = Annotated[SecretStr, Field(max_length=1024, description="8 to 256 characters, any of Unicode.")]


class UserResponse(ResponseBody):
    """A user. `role` is that of the installation."""

    id: str
    email: str
    name: str
    role: str
    created_at: Moment
    disabled_at: Moment | None


class UserCreateRequest(RequestBody):
    """A new user."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "createdAt", "disabledAt"})
    example: ClassVar[dict[str, Any]] = {
        "email": "bob@example.com",
        "password": "correct horse battery staple",
        "name": "Bob",
    }

    email: Email
    password: Password
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] = ""
    role: Literal["admin", "user"] = "user"


class UserUpdateRequest(RequestBody):
    """What is to change of a user."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "email", "createdAt", "disabledAt"})
    example: ClassVar[dict[str, Any]] = {"name": "Bob", "disabled": False}

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] | None = None
    role: Literal["admin", "user"] | None = None
    disabled: StrictBool | None = None
    password: Password | None = None


class EndedSessionsResponse(ResponseBody):
    """How many sessions ended."""

    success: Literal[True] = True
    sessions: int
