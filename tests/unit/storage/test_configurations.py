"""What a list shows is what the access rules allow, for every combination."""

from __future__ import annotations

from itertools import product

import pytest

from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict
from trunkline.core.ids import new_id
from trunkline.storage import configurations
from trunkline.storage.database import Database
from trunkline.storage.tables import Application, Configuration, User, Workspace


async def test_lists_show_what_the_rules_allow(database: Database) -> None:
    users = [User(id=new_id(), email=f"{new_id()}@example.com") for _ in range(2)]
    workspaces = [Workspace(id=new_id(), name="w") for _ in range(2)]
    applications = [Application(id=new_id(), workspace_id=w.id, name="a", created_by=users[0].id) for w in workspaces]
    applications.append(Application(id=new_id(), workspace_id=workspaces[0].id, name="b", created_by=users[0].id))
    rows = [
        Configuration(
            id=new_id(),
            workspace_id=workspace.id,
            user_id=user.id,
            application_id=application,
            name=new_id(),
            provider="demo",
            is_shared=shared,
            parameters={},
        )
        for workspace, user, shared in product(workspaces, users, (True, False))
        for application in (None, *(a.id for a in applications if a.workspace_id == workspace.id))
    ]
    async with database.write() as tx:
        tx.add_all(users)
        tx.add_all(workspaces)
        await tx.flush()
        tx.add_all(applications)
        await tx.flush()
        tx.add_all(rows)
    async with database.read() as tx:
        for workspace, user, application in product(workspaces, users, (None, *applications)):
            if application is not None and application.workspace_id != workspace.id:
                continue
            actor = Actor(
                user_id=user.id,
                workspace_id=workspace.id,
                role="member",
                application_id=application.id if application else None,
            )
            listed = await configurations.list_visible(
                tx, workspace.id, user_id=user.id, application_id=actor.application_id, limit=100
            )
            allowed = {
                row.id
                for row in rows
                if access.may_see(
                    actor,
                    owner_id=row.user_id,
                    workspace_id=row.workspace_id,
                    shared=row.is_shared,
                    application_id=row.application_id,
                )
            }
            assert {row.id for row in listed} == allowed
            assert [row.id for row in listed] == sorted(allowed, reverse=True)


async def test_a_name_that_somebody_took_in_between_is_a_conflict(database: Database) -> None:
    user = User(id=new_id(), email=f"{new_id()}@example.com")
    workspace = Workspace(id=new_id(), name="w")

    def row() -> Configuration:
        return Configuration(
            id=new_id(), workspace_id=workspace.id, user_id=user.id, name="same", provider="demo", parameters={}
        )

    async with database.write() as tx:
        tx.add_all([user, workspace])
        await tx.flush()
        await configurations.insert(tx, row())
    with pytest.raises(Conflict, match="already have a configuration named 'same'"):
        async with database.write() as tx:
            await configurations.insert(tx, row())
