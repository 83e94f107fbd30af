"""An invitation is sent to who is invited, where the installation sends email."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.contract.alerts.receiver import Mailbox, receiving_mail
from tests.contract.local_installation import PASSWORD, LocalInstallation, Person, open_local_installation
from tests.upstreams.aimock import free_port
from trunkline.core.secret import Secret


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with receiving_mail("smtp+plain") as box:
        yield box


@pytest.fixture
async def mailing(tmp_path: Path, mailbox: Mailbox) -> AsyncIterator[LocalInstallation]:
    url = f"sqlite+aiosqlite:///{tmp_path}/mailing/trunkline.db"
    async with open_local_installation(
        url, tmp_path / "mailing", smtp_url=Secret(mailbox.url), public_url="https://ai.example.com"
    ) as installed:
        yield installed


async def invitations_of(person: Person) -> str:
    return f"/api/workspaces/{await person.make_workspace()}/invitations"


async def test_the_link_is_sent_to_that_address_and_opens_the_workspace(
    mailing: LocalInstallation, mailbox: Mailbox
) -> None:
    admin = await mailing.set_up()
    path = await invitations_of(admin)
    made = (await admin.client.post(path, json={"email": "New@example.com", "role": "viewer"})).json()
    assert (made["emailed"], made["emailProblem"]) == (True, None)
    (recipients, mail) = mailbox.came[-1]
    assert list(recipients) == ["new@example.com"]
    text = mail.get_content()
    assert admin.email in text
    found = re.search(r"https://ai\.example\.com/console/invitation#(\S+)", text)
    assert found is not None
    assert found[1] == made["token"]
    body = {"token": found[1], "name": "New", "password": PASSWORD}
    accepted = await mailing.client().post("/api/auth/invitations/accept", json=body)
    assert accepted.json()["workspace"]["role"] == "viewer"


async def test_who_is_a_member_already_gets_no_email(mailing: LocalInstallation, mailbox: Mailbox) -> None:
    admin = await mailing.set_up()
    path = await invitations_of(admin)
    assert (await admin.client.post(path, json={"email": admin.email})).status_code == 409
    assert mailbox.came == []


async def test_an_email_that_cannot_be_sent_leaves_the_link_to_hand_on(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/closed/trunkline.db"
    nowhere = Secret(f"smtp+plain://127.0.0.1:{free_port()}")
    async with open_local_installation(url, tmp_path / "closed", smtp_url=nowhere) as installed:
        admin = await installed.set_up()
        made = await admin.client.post(await invitations_of(admin), json={"email": "new@example.com"})
        assert made.status_code == 201
        assert made.json()["emailed"] is False
        assert "mail server" in made.json()["emailProblem"]
        assert made.json()["token"]


async def test_without_a_mail_server_the_link_is_handed_on(installed: LocalInstallation, admin: Person) -> None:
    made = (await admin.client.post(await invitations_of(admin), json={"email": "new@example.com"})).json()
    assert (made["emailed"], made["emailProblem"]) == (False, None)
    assert made["token"]
