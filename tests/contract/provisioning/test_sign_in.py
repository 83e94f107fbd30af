"""Who was sent by SCIM signs in by OpenID Connect: it is the same account, and what SCIM said of groups counts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.contract.provisioning.conftest import Sender
from tests.contract.sign_on.forger import Forger, open_forger
from tests.contract.sign_on.scene import read_query


@pytest.fixture
async def forger() -> AsyncIterator[Forger]:
    async with open_forger() as opened:
        yield opened


async def sign_in(sender: Sender, forger: Forger) -> httpx2.Response:
    browser = sender.scene.installed.client()
    query = read_query(await sender.scene.leave(browser))
    forger.nonce = query["nonce"]
    return await browser.get("/api/auth/sso/corp/callback", params={"code": "any", "state": query["state"]})


async def test_the_groups_that_were_sent_decide(sender: Sender, forger: Forger) -> None:
    moved = {"issuer": forger.issuer, "clientSecret": "a secret: with/signs & spaces+"}
    assert (await sender.scene.admin.client.put(sender.path, json=moved)).status_code == 200
    ann = await sender.send_user()
    # Until any group was sent, those of the token count: `staff`, says the forger.
    assert (await sign_in(sender, forger)).status_code == 303
    assert await sender.members() == {"ann@corp.example": "member"}
    leads = await sender.send_group("leads", ann["id"])
    assert await sender.members() == {"ann@corp.example": "admin"}
    assert (await sign_in(sender, forger)).status_code == 303
    assert await sender.members() == {"ann@corp.example": "admin"}
    assert len((await sender.scene.admin.client.get("/api/users")).json()) == 2
    removed = await sender.patch(f"Groups/{leads['id']}", {"op": "remove", "path": "members"})
    assert removed.status_code in {200, 204}
    back = await sign_in(sender, forger)
    assert back.status_code == 403
    assert "You are in no group" in back.text


async def test_an_address_that_is_not_verified_takes_no_account(sender: Sender, forger: Forger) -> None:
    moved = {"issuer": forger.issuer, "clientSecret": "a secret: with/signs & spaces+"}
    assert (await sender.scene.admin.client.put(sender.path, json=moved)).status_code == 200
    await sender.send_user()
    forger.change = {"email_verified": False}
    assert (await sign_in(sender, forger)).status_code == 403


async def test_who_is_deactivated_does_not_sign_in(sender: Sender, forger: Forger) -> None:
    moved = {"issuer": forger.issuer, "clientSecret": "a secret: with/signs & spaces+"}
    assert (await sender.scene.admin.client.put(sender.path, json=moved)).status_code == 200
    await sender.send_user(active=False)
    back = await sign_in(sender, forger)
    assert back.status_code == 403
    assert "disabled" in back.text
