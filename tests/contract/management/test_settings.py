"""``/api/settings``: how the installation is set, for its administrator alone."""

from __future__ import annotations

from tests.contract.live_server import LiveServer


async def test_the_administrator_sees_each_setting_and_where_it_is_from(live: LiveServer) -> None:
    admin = await live.admin()
    answer = await admin.client.get("/api/settings")
    assert answer.status_code == 200
    found = {each["name"]: each for each in answer.json()["settings"]}
    signup = found["TRUNKLINE_SIGNUP"]
    assert (signup["default"], signup["secret"], signup["isSet"]) == ("closed", False, True)
    assert signup["about"].startswith("Whether strangers")
    assert {each["source"] for each in found.values()} <= {"environment", "file", "default"}


async def test_secrets_are_said_to_be_set_and_not_shown(live: LiveServer) -> None:
    admin = await live.admin()
    found = {each["name"]: each for each in (await admin.client.get("/api/settings")).json()["settings"]}
    for name in ("TRUNKLINE_DATABASE_URL", "TRUNKLINE_ADMIN_PASSWORD", "TRUNKLINE_SMTP_URL", "TRUNKLINE_METRICS_TOKEN"):
        assert (found[name]["secret"], found[name]["value"], found[name]["default"]) == (True, None, None)


async def test_nobody_else_sees_them(live: LiveServer) -> None:
    admin = await live.admin()
    person = await live.add_user(admin, "bob@example.com")
    assert (await person.client.get("/api/settings")).status_code == 403
