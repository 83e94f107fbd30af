"""Applications on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, GivenName, Moment, RequestBody, ResponseBody


class ApplicationCreateRequest(RequestBody):
    """A new application. `id` is the program's own choice, a UUID that nobody has used."""

    read_only: ClassVar[frozenset[str]] = frozenset({"workspaceId", "createdBy", "createdAt", "updatedAt"})
    example: ClassVar[dict[str, Any]] = {"name": "Help desk"}

    id: GivenId | None = None
    name: GivenName
    configuration_ids: Annotated[list[GivenId], Field(max_length=1000)] | None = None
    default_configuration_id: GivenId | None = None


class ApplicationUpdateRequest(RequestBody):
    """What is to change of an application."""

    read_only: ClassVar[frozenset[str]] = ApplicationCreateRequest.read_only | {"id"}
    example: ClassVar[dict[str, Any]] = {"name": "Help desk", "defaultConfigurationId": EXAMPLE_ID}

    name: GivenName | None = None
    configuration_ids: Annotated[list[GivenId], Field(max_length=1000)] | None = None
    default_configuration_id: GivenId | None = None


class ApplicationResponse(ResponseBody):
    """An application."""

    id: str
    workspace_id: str
    name: str
    configuration_ids: list[str]
    default_configuration_id: str | None
    created_by: str
    created_at: Moment
    updated_at: Moment
