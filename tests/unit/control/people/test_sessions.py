"""Races that no test of an endpoint shows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.contract.local_installation import open_local_installation

from trunkline.control.people.sessions import SignIn
from trunkline.core.errors import Conflict, Unauthenticated
from trunkline.core.secret import Secret


async def test_of_two_uses_of_one_refresh_token_at_once_one_wins_and_the_session_ends(
    database_url: str, tmp_path: Path
) -> None:
    async with open_local_installation(database_url, tmp_path / "data") as installed:
        admin = await installed.set_up()
        token = Secret(admin.refresh_token)
        results = await asyncio.gather(
            *(installed.services.sessions.refresh(token) for _ in range(4)), return_exceptions=True
        )
        assert sum(isinstance(result, SignIn) for result in results) == 1
        assert sum(isinstance(result, Unauthenticated) for result in results) == 3
        assert (await admin.client.get("/api/auth/me")).status_code == 401


async def test_a_set_up_token_is_used_once_by_two_at_once(database_url: str, tmp_path: Path) -> None:
    async with open_local_installation(database_url, tmp_path / "data") as installed:
        token = installed.first.setup_token
        assert token is not None
        results = await asyncio.gather(
            *(installed.services.setup.finish(token, f"{name}@example.com", "a good long password") for name in "abc"),
            return_exceptions=True,
        )
        assert sum(isinstance(result, SignIn) for result in results) == 1


async def test_two_owners_cannot_leave_at_once(database_url: str, tmp_path: Path) -> None:
    async with open_local_installation(database_url, tmp_path / "data") as installed:
        admin = await installed.set_up()
        ann = await installed.add_user(admin, "ann@example.com")
        workspace_id = await admin.make_workspace()
        await installed.join(admin, workspace_id, ann, "owner")
        actors = [installed.services.identity.actor(person.access_token, workspace_id) for person in (admin, ann)]
        results = await asyncio.gather(
            *(installed.services.members.remove(actor, actor.user_id) for actor in actors), return_exceptions=True
        )
        assert sorted(type(result) for result in results if result is not None) == [Conflict]
        assert list(installed.holder.current.parts[workspace_id].members.values()) == ["owner"]
