"""The first start, and the page that ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.world import PASSWORD, Person, World, open_world
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret


def body(world: World, **changed: str) -> dict[str, str]:
    assert world.first.setup_token is not None
    return {
        "token": world.first.setup_token.reveal(),
        "email": "Ann@Example.com",
        "password": PASSWORD,
        **changed,
    }


async def test_the_first_start_gives_a_key_that_works_before_anybody_has_a_password(world: World) -> None:
    assert world.first.api_key is not None
    actor = world.services.identity.actor(world.first.api_key.reveal())
    part = world.holder.current.parts[actor.workspace_id]
    assert actor.scope == "call"
    default = part.configurations[part.default_configuration_id or ""]
    assert (default.name, default.provider, default.model) == ("demo", "demo", "demo-chat")
    assert default.is_active
    assert world.first.model == default.name


async def test_set_up_makes_the_first_administrator_and_signs_them_in(world: World) -> None:
    answer = await world.client().post("/api/auth/setup", json=body(world))
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == "ann@example.com"
    me = await world.client(answer.json()["accessToken"]).get("/api/auth/me")
    assert me.json()["user"]["role"] == "admin"
    login = await world.client().post("/api/auth/login", json={"email": "ann@example.com", "password": PASSWORD})
    assert login.status_code == 200


async def test_the_token_works_once(world: World) -> None:
    assert (await world.client().post("/api/auth/setup", json=body(world))).status_code == 200
    again = await world.client().post("/api/auth/setup", json=body(world, email="eve@example.com"))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"token": "tlo-" + "A" * 43}, "token"), ({"email": "ann"}, "email"), ({"password": "short"}, "password")],
)
async def test_what_is_wrong_is_named_and_nothing_is_spent(world: World, changed: dict[str, str], field: str) -> None:
    answer = await world.client().post("/api/auth/setup", json=body(world, **changed))
    assert answer.status_code == 400
    assert [item["field"] for item in answer.json()["errors"]] == [field]
    assert (await world.client().post("/api/auth/setup", json=body(world))).status_code == 200


async def test_a_second_start_gives_a_new_token_but_no_second_key(world: World) -> None:
    second = await world.services.setup.first_start(world.settings)
    assert second.api_key is None
    assert second.setup_token is not None
    old = await world.client().post("/api/auth/setup", json=body(world))
    assert old.status_code == 400
    new = await world.client().post("/api/auth/setup", json=body(world, token=second.setup_token.reveal()))
    assert new.status_code == 200
    third = await world.services.setup.first_start(world.settings)
    assert (third.api_key, third.setup_token) == (None, None)


async def test_an_administrator_in_the_settings_leaves_nothing_to_set_up(database_url: str, tmp_path: Path) -> None:
    seeded = {"admin_email": "Root@Example.com", "admin_password": Secret(PASSWORD)}
    async with open_world(database_url, tmp_path / "data", **seeded) as world:
        assert world.first.setup_token is None
        assert world.first.api_key is not None
        root = await world.log_in("root@example.com")
        assert (await root.client.get("/api/auth/me")).json()["user"]["role"] == "admin"
        assert (await world.client().get("/")).headers["location"] == "/docs"
    # The password of somebody who has changed it since is not set back by the next start.
    async with open_world(database_url, tmp_path / "data", **seeded) as world:
        assert (await world.log_in("root@example.com")).id == root.id
        assert world.first.api_key is None


@pytest.mark.parametrize(("given", "missing"), [("admin_email", "PASSWORD"), ("admin_password", "EMAIL")])
async def test_half_an_administrator_is_refused(database_url: str, tmp_path: Path, given: str, missing: str) -> None:
    half: Any = {given: "root@example.com" if given == "admin_email" else Secret(PASSWORD)}
    with pytest.raises(InvalidInput, match=f"^TRUNKLINE_ADMIN_{missing}: is unset"):
        async with open_world(database_url, tmp_path / "data", **half):
            pass


async def test_settings_finish_a_set_up_that_waits(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, tmp_path / "data") as world:
        waiting = world.first.api_key
    seeded = {"admin_email": "root@example.com", "admin_password": Secret(PASSWORD)}
    async with open_world(database_url, tmp_path / "data", **seeded) as world:
        root = await world.log_in("root@example.com")
        assert waiting is not None
        assert world.services.identity.actor(waiting.reveal()).user_id == root.id


async def test_a_key_ring_survives_a_restart(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, tmp_path / "data") as world:
        admin = await world.set_up()
        instance = world.ring.instance
    async with open_world(database_url, tmp_path / "data") as world:
        assert world.ring.instance == instance
        assert (await world.client(admin.access_token).get("/api/auth/me")).status_code == 200


async def test_the_page_is_served_under_a_strict_policy(local: World) -> None:
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
async def test_pages_have_nothing_inline_and_nothing_from_elsewhere(local: World, page: str) -> None:
    text = (await local.client().get(page)).text
    assert "<script>" not in text
    assert "<style" not in text
    assert " style=" not in text
    assert " on" not in text.replace(" one", "").replace(" only", "")
    assert "//" not in text.replace("<!doctype html>", "")


async def test_after_set_up_one_lands_on_the_reference(local: World) -> None:
    await local.set_up()
    assert (await local.client().get("/")).headers["location"] == "/docs"


async def test_two_machines_that_start_together_make_one_installation(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, tmp_path / "data") as one:
        async with open_world(database_url, tmp_path / "data") as two:
            assert [one.first.api_key is None, two.first.api_key is None].count(False) == 1
            assert two.first.setup_token is not None
            answer = await two.client().post("/api/auth/setup", json=body(two))
            assert answer.status_code == 200
            # The other process has not been told, and finds it by asking.
            await one.refresher.refresh()
            person = Person.read(one, answer.json())
            assert (await person.client.get("/api/auth/me")).status_code == 200
