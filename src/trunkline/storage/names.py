"""What people call the things whose ids an audit event holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    AlertChannelRow,
    ApiKey,
    Application,
    Configuration,
    ConfigurationVersion,
    Feature,
    Invitation,
    McpServerRow,
    Policy,
    ProviderTemplate,
    Route,
    User,
    Workspace,
)

Named = tuple[str, str]
"""A kind of thing, and an id."""

_Column = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]

_KEPT: Final[Mapping[str, tuple[_Column, _Column, _Column]]] = {
    "key": (ApiKey.id, ApiKey.name, ApiKey.workspace_id),
    "application": (Application.id, Application.name, Application.workspace_id),
    "configuration": (Configuration.id, Configuration.name, Configuration.workspace_id),
    "experiment": (Configuration.id, Configuration.name, Configuration.workspace_id),
    "version": (ConfigurationVersion.id, ConfigurationVersion.version, ConfigurationVersion.workspace_id),
    "feature": (Feature.id, Feature.name, Feature.workspace_id),
    "invitation": (Invitation.id, Invitation.email, Invitation.workspace_id),
    "policy": (Policy.id, Policy.name, Policy.workspace_id),
    "template": (ProviderTemplate.id, ProviderTemplate.name, ProviderTemplate.workspace_id),
    "route": (Route.id, Route.name, Route.workspace_id),
    "alert_channel": (AlertChannelRow.id, AlertChannelRow.name, AlertChannelRow.workspace_id),
    "mcp_server": (McpServerRow.id, McpServerRow.name, McpServerRow.workspace_id),
    "workspace": (Workspace.id, Workspace.name, Workspace.id),
}
"""For each kind of thing in a workspace its id, its name, and the workspace. Titles of conversations are private."""


async def find(tx: Transaction, workspace_id: str, wanted: Iterable[Named]) -> dict[Named, str]:
    """The names of what is in the workspace. What is elsewhere, deleted or nameless is left out."""
    ids: dict[str, set[str]] = {}
    for kind, identity in wanted:
        if kind in _KEPT:
            ids.setdefault(kind, set()).add(identity)
    found: dict[Named, str] = {}
    for kind, some in ids.items():
        column, name_column, place = _KEPT[kind]
        query = select(column, name_column).where(column.in_(sorted(some)), place == workspace_id)
        found |= {(kind, identity): name for identity, name in await tx.execute(query) if name}
    return found


async def find_people(tx: Transaction, ids: Collection[str]) -> dict[Named, str]:
    """The email addresses of users, members or not."""
    rows = await tx.execute(select(User.id, User.email).where(User.id.in_(sorted(ids)))) if ids else ()
    return {("user", identity): email for identity, email in rows}
