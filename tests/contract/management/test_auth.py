"""Signing in and out, one's account, set-up."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import select

from tests.contract.local_installation import PASSWORD, LocalInstallation, Person
from trunkline.storage.tables import Session


async def test_a_sign_in_gives_tokens_and_who_one_is(installed: LocalInstallation, admin: Person) -> None:
    answer = await installed.client().post("/api/auth/login", json={"email": "ADMIN@example.com", "password": PASSWORD})
    assert answer.status_code == 200
    body = answer.json()
    assert body["expiresIn"] == 900
    assert body["user"]["email"] == "admin@example.com"
    assert body["user"]["role"] == "admin"
    assert set(body) == {"accessToken", "refreshToken", "tokenType", "expiresIn", "user"}
    me = await installed.client(body["accessToken"]).get("/api/auth/me")
    assert me.status_code == 200
    assert [(item["role"], item["personal"]) for item in me.json()["workspaces"]] == [("owner", True)]
    assert me.json()["actor"]["kind"] == "user"
    assert "routes.change" in me.json()["actor"]["may"]


@pytest.mark.parametrize(
    ("email", "password"), [("admin@example.com", "wrong password"), ("nobody@example.com", PASSWORD)]
)
async def test_a_wrong_password_and_an_unknown_account_look_alike(
    installed: LocalInstallation, admin: Person, email: str, password: str
) -> None:
    answer = await installed.client().post("/api/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 401
    assert answer.json()["message"] == "The email address or the password is wrong."
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_sign_ins_are_limited_per_account_and_address(installed: LocalInstallation, admin: Person) -> None:
    wrong = {"email": "admin@example.com", "password": "wrong password"}
    for _ in range(5):
        assert (await installed.client().post("/api/auth/login", json=wrong)).status_code == 401
    blocked = await installed.client().post("/api/auth/login", json={**wrong, "password": PASSWORD})
    assert blocked.status_code == 429
    assert 1 <= int(blocked.headers["retry-after"]) <= 60
    other = await installed.client().post("/api/auth/login", json={**wrong, "email": "other@example.com"})
    assert other.status_code == 401


async def test_a_refresh_token_works_once_and_reuse_ends_the_session(
    installed: LocalInstallation, admin: Person
) -> None:
    client = installed.client()
    first = await client.post("/api/auth/refresh", json={"refreshToken": admin.refresh_token})
    assert first.status_code == 200
    second = await client.post("/api/auth/refresh", json={"refreshToken": first.json()["refreshToken"]})
    assert second.status_code == 200
    stolen = await client.post("/api/auth/refresh", json={"refreshToken": first.json()["refreshToken"]})
    assert stolen.status_code == 401
    after = await client.post("/api/auth/refresh", json={"refreshToken": second.json()["refreshToken"]})
    assert after.status_code == 401
    assert (await installed.client(second.json()["accessToken"]).get("/api/auth/me")).status_code == 401


async def test_signing_out_ends_the_session_at_once(installed: LocalInstallation, admin: Person) -> None:
    other = await installed.log_in(admin.email)
    assert (await admin.client.post("/api/auth/logout")).json() == {"success": True}
    assert (await admin.client.get("/api/auth/me")).status_code == 401
    refreshed = await installed.client().post("/api/auth/refresh", json={"refreshToken": admin.refresh_token})
    assert refreshed.status_code == 401
    assert (await other.client.get("/api/auth/me")).status_code == 200


async def test_signing_in_clears_away_what_has_expired(installed: LocalInstallation, admin: Person) -> None:
    async with installed.database.write() as tx:
        tx.add(Session(user_id=admin.id, refresh_digest="old", expires_at=datetime(2020, 1, 1, tzinfo=UTC)))
    await installed.log_in(admin.email)
    async with installed.database.read() as tx:
        left = (await tx.scalars(select(Session.refresh_digest).where(Session.user_id == admin.id))).all()
    assert len(left) == 2
    assert "old" not in left


async def test_signing_out_everywhere_ends_all_sessions(installed: LocalInstallation, admin: Person) -> None:
    other = await installed.log_in(admin.email)
    await admin.client.post("/api/auth/logout", json={"everywhere": True})
    assert (await other.client.get("/api/auth/me")).status_code == 401


async def test_a_new_password_ends_the_other_sessions(installed: LocalInstallation, admin: Person) -> None:
    other = await installed.log_in(admin.email)
    body = {"currentPassword": PASSWORD, "newPassword": "another good password"}
    assert (await admin.client.post("/api/auth/password", json=body)).status_code == 200
    assert (await other.client.get("/api/auth/me")).status_code == 401
    assert (await admin.client.get("/api/auth/me")).status_code == 200
    old = await installed.client().post("/api/auth/login", json={"email": admin.email, "password": PASSWORD})
    assert old.status_code == 401
    new = await installed.client().post("/api/auth/login", json={"email": admin.email, "password": body["newPassword"]})
    assert new.status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("wrong password", "another good password", "currentPassword"), (PASSWORD, "short", "newPassword")],
)
async def test_a_refused_password_names_its_field(admin: Person, current: str, new: str, field: str) -> None:
    answer = await admin.client.post("/api/auth/password", json={"currentPassword": current, "newPassword": new})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_sign_up_is_closed_by_default(installed: LocalInstallation) -> None:
    body = {"email": "new@example.com", "password": PASSWORD}
    answer = await installed.client().post("/api/auth/signup", json=body)
    assert answer.status_code == 403
    assert "TRUNKLINE_SIGNUP" in answer.json()["message"]


async def test_a_key_cannot_change_its_makers_account(installed: LocalInstallation, admin: Person) -> None:
    key = await admin.make_key(scope="manage")
    client = installed.client(key["key"])
    body = {"currentPassword": PASSWORD, "newPassword": "another good password"}
    assert (await client.post("/api/auth/password", json=body)).status_code == 403
    me = await client.get("/api/auth/me")
    assert me.status_code == 200
    assert me.json()["actor"]["keyId"] == key["id"]
    assert len(me.json()["workspaces"]) == 1


async def test_an_access_token_expires(installed: LocalInstallation, admin: Person) -> None:
    claims = installed.access_tokens.verify(admin.access_token, 0)
    old = installed.access_tokens.issue(claims.user_id, claims.session_id, 1_000_000)
    answer = await installed.client(old).get("/api/auth/me")
    assert answer.status_code == 401
    assert "expired" in answer.json()["message"]


async def test_a_token_of_another_installation_is_refused(installed: LocalInstallation, admin: Person) -> None:
    for forged in ("eyJhbGciOiJub25lIn0.e30.", admin.access_token[:-3] + "AAA", "tl-" + "A" * 43, "x"):
        answer = await installed.client(forged).get("/api/auth/me")
        assert answer.status_code == 401, forged
        assert forged not in answer.text or forged == "x"


async def test_two_different_credentials_are_refused(installed: LocalInstallation, admin: Person) -> None:
    key = await admin.make_key(scope="manage")
    answer = await admin.client.get("/api/auth/me", headers={"x-api-key": key["key"]})
    assert answer.status_code == 400
    same = await installed.client(key["key"]).get("/api/auth/me", headers={"x-api-key": key["key"]})
    assert same.status_code == 200


@pytest.mark.parametrize("header", ["x-api-key", "x-goog-api-key"])
async def test_a_key_may_come_in_the_header_of_its_client(
    installed: LocalInstallation, admin: Person, header: str
) -> None:
    key = await admin.make_key(scope="manage")
    assert (await installed.client().get("/api/auth/me", headers={header: key["key"]})).status_code == 200


async def test_other_schemes_than_bearer_are_refused(installed: LocalInstallation, admin: Person) -> None:
    answer = await installed.client().get("/api/auth/me", headers={"Authorization": "Basic YTpi"})
    assert answer.status_code == 401


async def test_a_disabled_user_is_signed_out_everywhere(installed: LocalInstallation, admin: Person) -> None:
    ann = await installed.add_user(admin, "ann@example.com")
    key = await ann.make_key(scope="manage")
    assert (await admin.client.patch(f"/api/users/{ann.id}", json={"disabled": True})).status_code == 200
    assert (await ann.client.get("/api/auth/me")).status_code == 401
    assert (await installed.client(key["key"]).get("/api/auth/me")).status_code == 401
    login = await installed.client().post("/api/auth/login", json={"email": ann.email, "password": PASSWORD})
    assert login.status_code == 401
    refresh = await installed.client().post("/api/auth/refresh", json={"refreshToken": ann.refresh_token})
    assert refresh.status_code == 401
    await admin.client.patch(f"/api/users/{ann.id}", json={"disabled": False})
    assert (await installed.client(key["key"]).get("/api/auth/me")).status_code == 200
    assert (await ann.client.get("/api/auth/me")).status_code == 401


async def test_a_key_expires(installed: LocalInstallation, admin: Person) -> None:
    key = await admin.make_key(scope="manage")
    entry = installed.holder.current
    digest = next(name for name, value in entry.keys.items() if value.id == key["id"])
    old = msgspec.structs.replace(entry.keys[digest], expires_at=1.0)
    installed.holder.current = msgspec.structs.replace(entry, keys={**entry.keys, digest: old})
    answer = await installed.client(key["key"]).get("/api/auth/me")
    assert answer.status_code == 401
    assert "expired" in answer.json()["message"]
    installed.holder.current = entry
