"""Where one is signed in, and ending that elsewhere."""

from __future__ import annotations

from tests.contract.local_installation import LocalInstallation, Person


async def test_the_own_sessions_are_listed_the_newest_first(installed: LocalInstallation, admin: Person) -> None:
    second = await installed.log_in(admin.email)
    found = (await second.client.get("/api/auth/sessions?limit=2")).json()
    assert [session["current"] for session in found] == [True, False]
    assert set(found[0]) == {"id", "userAgent", "createdAt", "lastUsedAt", "expiresAt", "current"}


async def test_one_session_is_ended_and_the_others_go_on(installed: LocalInstallation, admin: Person) -> None:
    lost = await installed.log_in(admin.email)
    (mine,) = [each for each in (await lost.client.get("/api/auth/sessions")).json() if each["current"]]
    assert (await admin.client.delete(f"/api/auth/sessions/{mine['id']}")).status_code == 200
    assert (await lost.client.get("/api/auth/me")).status_code == 401
    assert (await admin.client.get("/api/auth/me")).status_code == 200
    assert (await admin.client.delete(f"/api/auth/sessions/{mine['id']}")).status_code == 404


async def test_others_sessions_do_not_exist_for_one(installed: LocalInstallation, admin: Person) -> None:
    other = await installed.add_user(admin, "other@example.com")
    (session,) = (await other.client.get("/api/auth/sessions")).json()
    assert (await admin.client.delete(f"/api/auth/sessions/{session['id']}")).status_code == 404
