"""The first start, and the page that ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.local_installation import PASSWORD, LocalInstallation, Person, open_local_installation
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret

FRONT_DOOR = "/docs"
"""Where no console was built."""


def body(installed: LocalInstallation, **changed: str) -> dict[str, str]:
    assert installed.first.setup_token is not None
    return {
        "token": installed.first.setup_token.reveal(),
        "email": "Ann@Example.com",
        "password": PASSWORD,
        **changed,
    }


async def test_the_first_start_gives_a_key_that_works_before_anybody_has_a_password(
    installed: LocalInstallation,
) -> None:
    assert installed.first.api_key is not None
    actor = installed.services.identity.actor(installed.first.api_key.reveal())
    part = installed.holder.current.parts[actor.workspace_id]
    assert actor.scope == "call"
    default = part.configurations[part.default_configuration_id or ""]
    assert (default.name, default.provider, default.model) == ("demo", "demo", "demo-chat")
    assert default.is_active
    assert installed.first.model == default.name


async def test_set_up_makes_the_first_administrator_and_signs_them_in(installed: LocalInstallation) -> None:
    answer = await installed.client().post("/api/auth/setup", json=body(installed))
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == "ann@example.com"
    me = await installed.client(answer.json()["accessToken"]).get("/api/auth/me")
    assert me.json()["user"]["role"] == "admin"
    login = await installed.client().post("/api/auth/login", json={"email": "ann@example.com", "password": PASSWORD})
    assert login.status_code == 200


async def test_the_token_works_once(installed: LocalInstallation) -> None:
    assert (await installed.client().post("/api/auth/setup", json=body(installed))).status_code == 200
    again = await installed.client().post("/api/auth/setup", json=body(installed, email="eve@example.com"))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"token": "tlo-" + "A" * 43}, "token"), ({"email": "ann"}, "email"), ({"password": "short"}, "password")],
)
async def test_what_is_wrong_is_named_and_nothing_is_spent(
    installed: LocalInstallation, changed: dict[str, str], field: str
) -> None:
    answer = await installed.client().post("/api/auth/setup", json=body(installed, **changed))
    assert answer.status_code == 400
    assert [item["field"] for item in answer.json()["errors"]] == [field]
    assert (await installed.client().post("/api/auth/setup", json=body(installed))).status_code == 200


async def test_a_second_start_gives_a_new_token_but_no_second_key(installed: LocalInstallation) -> None:
    second = await installed.services.setup.first_start(installed.settings)
    assert second.api_key is None
    assert second.setup_token is not None
    old = await installed.client().post("/api/auth/setup", json=body(installed))
    assert old.status_code == 400
    new = await installed.client().post("/api/auth/setup", json=body(installed, token=second.setup_token.reveal()))
    assert new.status_code == 200
    third = await installed.services.setup.first_start(installed.settings)
    assert (third.api_key, third.setup_token) == (None, None)


async def test_an_administrator_in_the_settings_leaves_nothing_to_set_up(database_url: str, tmp_path: Path) -> None:
    seeded = {"admin_email": "Root@Example.com", "admin_password": Secret(PASSWORD)}
    async with open_local_installation(database_url, tmp_path / "data", anew=True, **seeded) as installed:
        assert installed.first.setup_token is None
        assert installed.first.api_key is not None
        root = await installed.log_in("root@example.com")
        assert (await root.client.get("/api/auth/me")).json()["user"]["role"] == "admin"
        assert (await installed.client().get("/")).headers["location"] == FRONT_DOOR
    # The password of somebody who has changed it since is not set back by the next start.
    async with open_local_installation(database_url, tmp_path / "data", anew=True, **seeded) as installed:
        assert (await installed.log_in("root@example.com")).id == root.id
        assert installed.first.api_key is None


@pytest.mark.parametrize(("given", "missing"), [("admin_email", "PASSWORD"), ("admin_password", "EMAIL")])
async def test_half_an_administrator_is_refused(database_url: str, tmp_path: Path, given: str, missing: str) -> None:
    half: Any = {given: "root@example.com" if given == "admin_email" else Secret(PASSWORD)}
    with pytest.raises(InvalidInput, match=f"^TRUNKLINE_ADMIN_{missing}: is unset"):
        async with open_local_installation(database_url, tmp_path / "data", anew=True, **half):
            pass


async def test_settings_finish_a_set_up_that_waits(database_url: str, tmp_path: Path) -> None:
    async with open_local_installation(database_url, tmp_path / "data", anew=True) as installed:
        waiting = installed.first.api_key
    seeded = {"admin_email": "root@example.com", "admin_password": Secret(PASSWORD)}
    async with open_local_installation(database_url, tmp_path / "data", anew=True, **seeded) as installed:
        root = await installed.log_in("root@example.com")
        assert waiting is not None
        assert installed.services.identity.actor(waiting.reveal()).user_id == root.id


async def test_a_key_ring_survives_a_restart(database_url: str, tmp_path: Path) -> None:
    async with open_local_installation(database_url, tmp_path / "data", anew=True) as installed:
        admin = await installed.set_up()
        instance = installed.ring.instance
    async with open_local_installation(database_url, tmp_path / "data", anew=True) as installed:
        assert installed.ring.instance == instance
        assert (await installed.client(admin.access_token).get("/api/auth/me")).status_code == 200


async def test_the_page_is_served_under_a_strict_policy(local: LocalInstallation) -> None:
    landing = await local.client().get("/")
    assert (landing.status_code, landing.headers["location"]) == (307, "/setup")
    page = await local.client().get("/setup")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    for name, kind in (("setup.js", "text/javascript"), ("setup.css", "text/css")):
        file = await local.client().get(f"/setup/{name}")
        assert file.status_code == 200
        assert file.headers["content-type"].startswith(kind)
        again = await local.client().get(f"/setup/{name}", headers={"if-none-match": file.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("page", ["/setup", "/docs"])
async def test_pages_have_nothing_inline_and_nothing_from_elsewhere(local: LocalInstallation, page: str) -> None:
    text = (await local.client().get(page)).text
    assert "<script>" not in text
    assert "<style" not in text
    assert " style=" not in text
    assert " on" not in text.replace(" one", "").replace(" only", "")
    assert "//" not in text.replace("<!doctype html>", "")


async def test_after_set_up_one_lands_on_the_reference(local: LocalInstallation) -> None:
    await local.set_up()
    assert (await local.client().get("/")).headers["location"] == FRONT_DOOR


async def test_two_machines_that_start_together_make_one_installation(database_url: str, tmp_path: Path) -> None:
    async with open_local_installation(database_url, tmp_path / "data", anew=True) as one:
        async with open_local_installation(database_url, tmp_path / "data", anew=True) as two:
            assert [one.first.api_key is None, two.first.api_key is None].count(False) == 1
            assert two.first.setup_token is not None
            answer = await two.client().post("/api/auth/setup", json=body(two))
            assert answer.status_code == 200
            # The other process has not been told, and finds it by asking.
            await one.refresher.refresh()
            person = Person.read(one, answer.json())
            assert (await person.client.get("/api/auth/me")).status_code == 200
