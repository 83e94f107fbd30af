"""Sessions for who owns the data folder: of the first administrator, short, revocable, on the record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.bookkeeping import make_audit

from trunkline.control.people.local_proof import make_proof
from trunkline.control.people.local_session import USER_AGENT, LocalSession, LocalSessions
from trunkline.control.people.registration import Registration
from trunkline.core.actor import Actor
from trunkline.core.errors import Unauthenticated, Unavailable
from trunkline.core.secret import Secret
from trunkline.storage import audit as audit_rows
from trunkline.storage import sessions, users, workspaces
from trunkline.storage.audit import AuditFilter
from trunkline.storage.database import Database
from trunkline.storage.snapshot import find_revision, find_revoked_sessions
from trunkline.storage.tables import now
from trunkline.vault.access_token import LIFETIME_SECONDS, AccessTokens
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.password import Passwords
from trunkline.vault.root_key import RootKey
from trunkline.vault.token import Tokens

RING = KeyRing.create(RootKey.generate())


class Local:
    """Begins sessions as the owner of a folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.sessions = LocalSessions(
            database, Tokens(RING), AccessTokens(RING), make_audit(database), data_dir=folder, port=8700
        )
        self._folder = folder

    async def begin(self) -> LocalSession:
        with make_proof(self._folder, 8700) as proof:
            return await self.sessions.begin(proof)

    async def end(self, session: LocalSession) -> None:
        actor = Actor(user_id=session.user_id, workspace_id="w", role="owner", session_id=session.id)
        await self.sessions.end(actor)


@pytest.fixture
def local(database: Database, tmp_path: Path) -> Local:
    return Local(database, tmp_path)


async def register(database: Database, email: str, *, role: str, password: str | None) -> str:
    async with database.write() as tx:
        registration = Registration(Passwords(), make_audit(database))
        user, _ = await registration.register(tx, None, email=email, name="", password_hash=password, role=role)
        return user.id


async def test_it_is_the_first_administrators(database: Database, local: Local) -> None:
    await register(database, "somebody@example.com", role="user", password="x")
    first = await register(database, "first@example.com", role="admin", password="x")
    await register(database, "second@example.com", role="admin", password="x")
    session = await local.begin()
    assert session.user_id == first
    claims = AccessTokens(RING).verify(session.access_token.reveal(), now().timestamp())
    assert (claims.user_id, claims.session_id) == (first, session.id)


async def test_also_before_set_up_is_finished(database: Database, local: Local) -> None:
    first = await register(database, "admin@localhost", role="admin", password=None)
    await register(database, "second@example.com", role="admin", password="x")
    assert (await local.begin()).user_id == first


async def test_it_lasts_as_long_as_its_token(database: Database, local: Local) -> None:
    await register(database, "first@example.com", role="admin", password="x")
    session = await local.begin()
    async with database.read() as tx:
        row = await sessions.find(tx, session.id)
    assert row is not None
    assert row.expires_at - row.created_at == pytest.approx(
        timedelta(seconds=LIFETIME_SECONDS), abs=timedelta(seconds=5)
    )


async def test_ending_it_revokes_its_token_everywhere(database: Database, local: Local) -> None:
    await register(database, "first@example.com", role="admin", password="x")
    session = await local.begin()
    async with database.read() as tx:
        before = await find_revision(tx)
    await local.end(session)
    await local.end(session)
    async with database.read() as tx:
        assert session.id in await find_revoked_sessions(tx, now() - timedelta(minutes=1))
        assert await find_revision(tx) == before + 1, "other processes are told"


async def test_both_ends_are_on_the_record(database: Database, local: Local) -> None:
    first = await register(database, "first@example.com", role="admin", password="x")
    session = await local.begin()
    await local.end(session)
    async with database.read() as tx:
        personal = await workspaces.find_personal(tx, first)
        assert personal is not None
        found = await audit_rows.find(tx, personal.id, AuditFilter(actor_id=first), limit=10, before_id=None)
    assert [(event.action, event.actor_kind, event.target_id) for event in reversed(found)] == [
        ("auth.login", "local", session.id),
        ("auth.logout", "local", session.id),
    ]
    assert session.access_token.reveal() not in str([(event.before, event.after) for event in found])


async def test_without_an_administrator_there_is_none(database: Database, local: Local) -> None:
    first = await register(database, "first@example.com", role="admin", password="x")
    async with database.write() as tx:
        user = await users.find(tx, first)
        assert user is not None
        user.disabled_at = now()
    with pytest.raises(Unavailable, match="no administrator"):
        await local.begin()


async def test_without_a_proof_there_is_none(database: Database, local: Local) -> None:
    await register(database, "first@example.com", role="admin", password="x")
    with pytest.raises(Unauthenticated):
        await local.sessions.begin(Secret("0" * 32 + "." + "0" * 64))


async def test_a_session_of_another_kind_is_left_alone(database: Database, local: Local) -> None:
    first = await register(database, "first@example.com", role="admin", password="x")
    session = await local.begin()
    async with database.write() as tx:
        row = await sessions.find(tx, session.id)
        assert row is not None
        assert row.user_agent == USER_AGENT
        row.user_agent = "a browser"
    await local.end(session)
    async with database.read() as tx:
        row = await sessions.find(tx, session.id)
    assert row is not None
    assert (row.user_id, row.revoked_at) == (first, None)
