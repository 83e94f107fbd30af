"""A forgotten password is replaced by a link that was emailed, once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.contract.alerts.receiver import Mailbox, receiving_mail
from tests.contract.local_installation import PASSWORD, LocalInstallation, open_local_installation
from trunkline.core.secret import Secret

NEW = "another battery horse staple"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with receiving_mail("smtp+plain") as box:
        yield box


@pytest.fixture
async def mailing(tmp_path: Path, mailbox: Mailbox) -> AsyncIterator[LocalInstallation]:
    url = f"sqlite+aiosqlite:///{tmp_path}/mailing/trunkline.db"
    async with open_local_installation(
        url,
        tmp_path / "mailing",
        smtp_url=Secret(mailbox.url),
        public_url="https://ai.example.com",
        login_attempts_per_minute=1000,
    ) as installed:
        yield installed


async def ask_for_link(installed: LocalInstallation, mailbox: Mailbox, email: str) -> str:
    answer = await installed.client().post("/api/auth/password/forgot", json={"email": email})
    assert answer.json() == {"success": True}
    text = mailbox.came[-1][1].get_content()
    found = re.search(r"https://ai\.example\.com/console/reset-password#token=(\S+)", text)
    assert found is not None
    return found[1]


async def test_the_link_sets_a_new_password_once(mailing: LocalInstallation, mailbox: Mailbox) -> None:
    admin = await mailing.set_up()
    token = await ask_for_link(mailing, mailbox, admin.email)
    body = {"token": token, "password": NEW}
    answer = await mailing.client().post("/api/auth/password/reset", json=body)
    assert answer.status_code == 200
    assert (await admin.client.get("/api/auth/me")).status_code == 401
    old = {"email": admin.email, "password": PASSWORD}
    assert (await mailing.client().post("/api/auth/login", json=old)).status_code == 401
    assert (await mailing.client().post("/api/auth/login", json={**old, "password": NEW})).status_code == 200
    again = await mailing.client().post("/api/auth/password/reset", json=body)
    assert again.status_code == 400
    assert again.json()["errors"][0]["field"] == "token"


async def test_a_link_that_was_changed_is_refused(mailing: LocalInstallation, mailbox: Mailbox) -> None:
    admin = await mailing.set_up()
    token = await ask_for_link(mailing, mailbox, admin.email)
    user, until, rest = token.split(".")
    for wrong in (f"{user}.{int(until) + 60}.{rest}", f"{user}.{until}.x", "tlo-", "tlo-a.b.c", "\N{SNOWMAN}"):
        answer = await mailing.client().post("/api/auth/password/reset", json={"token": wrong, "password": NEW})
        assert answer.status_code == 400, wrong


async def test_nobody_learns_which_accounts_there_are(mailing: LocalInstallation, mailbox: Mailbox) -> None:
    answer = await mailing.client().post("/api/auth/password/forgot", json={"email": "nobody@example.com"})
    assert answer.json() == {"success": True}
    assert mailbox.came == []


async def test_without_a_mail_server_one_is_told_what_to_do(local: LocalInstallation) -> None:
    answer = await local.client().post("/api/auth/password/forgot", json={"email": "a@example.com"})
    assert answer.status_code == 409
    assert "trunkline users reset-password" in answer.json()["message"]


async def test_what_strangers_may_do_is_told(mailing: LocalInstallation, local: LocalInstallation) -> None:
    told = (await mailing.client().get("/api/auth/options")).json()
    assert told == {
        "signup": False,
        "passwordReset": True,
        "setUp": False,
        "passwordSignIn": "everyone",
        "signOn": [],
    }
    assert (await local.client().get("/api/auth/options")).json()["passwordReset"] is False
