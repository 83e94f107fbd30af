from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.errors import Forbidden, NotFound, Unauthenticated
from trunkline.gateway.identity import Identity
from trunkline.gateway.snapshot import KeyEntry, Snapshot, SnapshotHolder, UserEntry, WorkspacePart


class Token:
    def __init__(self, user_id: str, session_id: str) -> None:
        self.user_id = user_id
        self.session_id = session_id


class Tokens:
    """The vault's, without the cryptography."""

    def digest(self, kind: object, text: str) -> bytes:
        return f"hash({text})".encode()

    def verify(self, token: str, now: float) -> Token:
        user, _, session = token.partition("|")
        if not session:
            raise Unauthenticated("not ours")
        return Token(user, session)


def identity(**changes: object) -> tuple[Identity, list[str]]:
    keys = {
        "hash(tl-good)": KeyEntry(id="k", workspace_id="w", user_id="u", scope="manage", models=("m",)),
        "hash(tl-old)": KeyEntry(id="k2", workspace_id="w", user_id="u", expires_at=100.0),
        "hash(tl-left)": KeyEntry(id="k3", workspace_id="w", user_id="gone"),
    }
    shot = Snapshot(
        parts={
            "w": WorkspacePart(id="w", revision=1, members={"u": "admin"}),
            "shared": WorkspacePart(id="shared", revision=1, members={"u": "viewer"}),
            "foreign": WorkspacePart(id="foreign", revision=1, members={"x": "owner"}),
        },
        keys={key.encode().hex(): entry for key, entry in keys.items()},
        users={"u": UserEntry(id="u", personal_workspace_id="w", instance_admin=True)},
        revoked_sessions=frozenset({"s-revoked"}),
    )
    used: list[str] = []
    tokens: Any = Tokens()
    return Identity(SnapshotHolder(shot), tokens, tokens, used=used.append, clock=lambda: 100.0), used


def test_key() -> None:
    who, used = identity()
    actor = who.actor("tl-good")
    assert (actor.user_id, actor.workspace_id, actor.role, actor.scope) == ("u", "w", "admin", "manage")
    assert (actor.kind, actor.models, actor.instance_admin) == ("key", ("m",), False)
    assert used == ["k"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "missing_api_key"),
        ("", "missing_api_key"),
        ("tl-unknown", "invalid_api_key"),
        ("tl-goo", "invalid_api_key"),
        ("tl-old", "expired_api_key"),
        ("tl-left", "invalid_api_key"),
    ],
)
def test_keys_that_open_nothing(key: str | None, code: str) -> None:
    who, used = identity()
    with pytest.raises(Unauthenticated) as raised:
        who.actor(key)
    assert raised.value.code == code
    assert not used


def test_key_stays_in_its_workspace() -> None:
    with pytest.raises(Forbidden):
        identity()[0].actor("tl-good", "shared")


def test_user_works_in_the_personal_workspace_or_the_one_that_is_named() -> None:
    who, _ = identity()
    assert who.actor("u|s").workspace_id == "w"
    assert who.actor("u|s").instance_admin
    assert who.actor("u|s", "shared").role == "viewer"


@pytest.mark.parametrize("workspace", ["foreign", "nowhere"])
def test_foreign_workspaces_do_not_exist(workspace: str) -> None:
    with pytest.raises(NotFound):
        identity()[0].actor("u|s", workspace)


@pytest.mark.parametrize("token", ["u|s-revoked", "x|s", "garbage"])
def test_sessions_that_ended(token: str) -> None:
    with pytest.raises(Unauthenticated):
        identity()[0].actor(token)


def test_a_key_is_let_in_once_and_again_as_long_as_nothing_changes() -> None:
    who, used = identity()
    admitted = who.admit("tl-good")
    assert admitted.actor == who.actor("tl-good")
    used.clear()
    assert who.readmit(admitted)
    assert used == ["k"], "each use is noted"
    who._holder.current = Snapshot(parts={}, keys={}, users={})
    assert not who.readmit(admitted), "another snapshot may have revoked it"


def test_a_key_is_not_let_in_again_after_its_time() -> None:
    who, used = identity()
    admitted = msgspec.structs.replace(who.admit("tl-good"), expires_at=100.0)
    used.clear()
    assert not who.readmit(admitted)
    assert not used


@pytest.mark.parametrize("key", ["tl-old", "tl-left", "tl-other"])
def test_a_key_that_is_not_good_is_not_let_in(key: str) -> None:
    who, _ = identity()
    with pytest.raises(Unauthenticated):
        who.admit(key)
