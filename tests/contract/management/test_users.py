"""``/api/users``: the administrator's people."""

from __future__ import annotations

from tests.contract.local_installation import PASSWORD, LocalInstallation, Person


async def test_the_administrator_makes_and_lists_users(installed: LocalInstallation, admin: Person) -> None:
    body = {"email": "Ann@Example.com", "password": PASSWORD, "name": "Ann"}
    answer = await admin.client.post("/api/users", json=body)
    assert answer.status_code == 201
    assert {key: answer.json()[key] for key in ("email", "name", "role", "disabledAt")} == {
        "email": "ann@example.com",
        "name": "Ann",
        "role": "user",
        "disabledAt": None,
    }
    assert "password" not in answer.text.lower()
    listed = await admin.client.get("/api/users?limit=1")
    assert len(listed.json()) == 1
    assert 'rel="next"' in listed.headers["link"]
    ann = await installed.log_in("ann@example.com")
    assert (await ann.client.get("/api/users")).status_code == 403
    again = await admin.client.post("/api/users", json=body)
    assert again.status_code == 409


async def test_the_last_administrator_stays(installed: LocalInstallation, admin: Person) -> None:
    for change in ({"role": "user"}, {"disabled": True}):
        answer = await admin.client.patch(f"/api/users/{admin.id}", json=change)
        assert answer.status_code == 409
    ann = await installed.add_user(admin, "ann@example.com")
    assert (await admin.client.patch(f"/api/users/{ann.id}", json={"role": "admin"})).json()["role"] == "admin"
    assert (await ann.client.get("/api/users")).status_code == 200
    assert (await admin.client.patch(f"/api/users/{admin.id}", json={"role": "user"})).status_code == 200
    assert (await admin.client.get("/api/users")).status_code == 403


async def test_the_administrator_sets_a_password_and_ends_sessions(installed: LocalInstallation, admin: Person) -> None:
    ann = await installed.add_user(admin, "ann@example.com")
    ended = await admin.client.delete(f"/api/users/{ann.id}/sessions")
    assert ended.json() == {"success": True, "sessions": 1}
    assert (await ann.client.get("/api/auth/me")).status_code == 401
    answer = await admin.client.patch(f"/api/users/{ann.id}", json={"password": "a different password"})
    assert answer.status_code == 200
    body = {"email": "ann@example.com", "password": "a different password"}
    assert (await installed.client().post("/api/auth/login", json=body)).status_code == 200


async def test_what_is_read_may_be_sent_back(installed: LocalInstallation, admin: Person) -> None:
    ann = await installed.add_user(admin, "ann@example.com")
    listed = next(item for item in (await admin.client.get("/api/users")).json() if item["id"] == ann.id)
    answer = await admin.client.patch(f"/api/users/{ann.id}", json={**listed, "name": "Ann B."})
    assert answer.status_code == 200
    assert answer.json() == {**listed, "name": "Ann B."}


async def test_an_unknown_user_is_404(admin: Person) -> None:
    unknown = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
    assert (await admin.client.patch(f"/api/users/{unknown}", json={"name": "x"})).status_code == 404
    assert (await admin.client.delete("/api/users/nonsense/sessions")).status_code == 404
