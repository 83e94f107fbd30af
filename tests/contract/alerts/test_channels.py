"""``/api/alerts/channels``: what is taken and refused, secrets that never come out again, and tests that arrive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.alerts.receiver import Mailbox, Receiver, receiving, receiving_mail
from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import Person

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
async def admin(live: LiveServer) -> Person:
    return await live.admin()


async def make(there: httpx2.AsyncClient, url: str, **fields: Any) -> dict[str, Any]:
    answer = await there.post("/api/alerts/channels", json={"kind": "webhook", "name": "on-call", "url": url, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def refuse(there: httpx2.AsyncClient, **body: Any) -> list[str]:
    """The fields that are named."""
    answer = await there.post("/api/alerts/channels", json={"name": "x", **body})
    assert answer.status_code == 400, answer.text
    return [error["field"] for error in answer.json()["errors"]]


async def test_a_secret_that_was_made_is_shown_once(admin: Person, receiver: Receiver) -> None:
    made = await make(admin.client, receiver.url)
    assert made["secret"].startswith("whsec_")
    path = f"/api/alerts/channels/{made['id']}"
    for answer in (await admin.client.get(path), await admin.client.get("/api/alerts/channels")):
        assert made["secret"] not in answer.text
        assert "secretMask" in answer.text
    assert (await admin.client.get(path)).json()["secretMask"] == f"…{made['secret'][-4:]}"
    assert made["secret"] not in (await admin.client.get("/api/audit")).text


async def test_one_that_was_given_is_not_shown_at_all(admin: Person, receiver: Receiver) -> None:
    made = await make(admin.client, receiver.url, secret=SECRET)
    assert made["secret"] is None
    assert SECRET not in str(made)


async def test_a_test_arrives_signed_and_marked(admin: Person, receiver: Receiver) -> None:
    made = await make(admin.client, receiver.url, secret=SECRET)
    answer = await admin.client.post(f"/api/alerts/channels/{made['id']}/test")
    told = answer.json()
    assert (told["state"], told["status"], told["notice"], told["alertId"]) == ("sent", 204, "test", None)
    (notice,) = receiver.came
    assert (notice.kind, notice.id) == ("alert.test", told["id"])
    assert notice.is_signed_with(SECRET)
    assert (await admin.client.get("/api/alerts/deliveries")).json() == [told]
    assert [event["action"] for event in (await admin.client.get("/api/audit?targetType=alert_channel")).json()] == [
        "alert_channels.test", "alert_channels.create",
    ]  # fmt: skip


async def test_a_test_that_fails_says_so_and_is_not_tried_again(admin: Person, receiver: Receiver) -> None:
    made = await make(admin.client, receiver.url)
    receiver.answers = [500]
    told = (await admin.client.post(f"/api/alerts/channels/{made['id']}/test")).json()
    assert (told["state"], told["status"], told["reason"], told["nextAt"]) == ("failed", 500, "It answered 500.", None)


async def test_slacks_url_is_a_secret(admin: Person, receiver: Receiver) -> None:
    url = f"{receiver.url}/services/T0/B0/a-secret-of-its-own"
    made = await make(admin.client, url, kind="slack")
    assert made["url"] == url.partition("/alerts")[0]
    assert "a-secret" not in str(made)
    assert (await admin.client.post(f"/api/alerts/channels/{made['id']}/test")).json()["state"] == "sent"
    assert receiver.came[0].message["text"].startswith("[test] This is a test of the channel on-call.")
    assert "webhook-signature" not in receiver.came[0].headers
    everything = (await admin.client.get("/api/audit")).text + (await admin.client.get("/api/alerts/deliveries")).text
    assert "a-secret" not in everything


async def test_it_is_changed_and_deleted(admin: Person, receiver: Receiver) -> None:
    made = await make(admin.client, receiver.url, secret=SECRET)
    path = f"/api/alerts/channels/{made['id']}"
    changed = await admin.client.put(path, json={"name": "night"}, headers={"if-match": '"1"'})
    assert (changed.json()["name"], changed.headers["etag"]) == ("night", '"2"')
    assert (await admin.client.put(path, json={"name": "x"}, headers={"if-match": '"1"'})).status_code == 412
    with receiving() as other:
        moved = await admin.client.put(path, json={"url": other.url})
        assert (moved.status_code, moved.json()["errors"][0]["field"]) == (400, "secret")
        assert (await admin.client.put(path, json={"url": other.url, "secret": SECRET})).status_code == 200
        assert (await admin.client.post(f"{path}/test")).json()["state"] == "sent"
        assert other.came[0].is_signed_with(SECRET)
    assert (await admin.client.put(path, json={"kind": "slack"})).status_code == 400
    assert (await admin.client.delete(path)).status_code == 200
    assert (await admin.client.get(path)).status_code == 404


async def test_rules_do_not_tell_a_channel_that_was_deleted(admin: Person, receiver: Receiver) -> None:
    made = await make(admin.client, receiver.url)
    rule = (await admin.client.post("/api/alerts/rules", json={"kind": "down", "channelIds": [made["id"]]})).json()
    assert (await admin.client.delete(f"/api/alerts/channels/{made['id']}")).status_code == 200
    assert (await admin.client.get(f"/api/alerts/rules/{rule['id']}")).json()["channelIds"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "webhook", "url": "https://x.example", "secret": ""}, "secret"),
        ({"kind": "webhook", "url": "https://x.example", "secret": "whsec_c2hvcnQ="}, "secret"),
        ({"kind": "webhook", "url": "https://x.example", "secret": "a long one but not in the right form"}, "secret"),
        ({"kind": "webhook"}, "url"),
        ({"kind": "webhook", "url": "ftp://x.example"}, "url"),
        ({"kind": "webhook", "url": "https://user:pw@x.example"}, "url"),
        ({"kind": "webhook", "url": "https://x.example", "addresses": ["a@example.com"]}, "addresses"),
        ({"kind": "slack", "url": "https://x.example", "secret": SECRET}, "secret"),
        ({"kind": "pager", "url": "https://x.example"}, "kind"),
        ({"kind": "email", "addresses": ["a@example.com"]}, "kind"),
    ],
)
async def test_what_is_wrong_is_named(admin: Person, body: dict[str, Any], field: str) -> None:
    assert await refuse(admin.client, **body) == [field]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x", "http://localhost:9/x", "http://10.0.0.1/x", "http://192.168.0.1/x", "http://[::1]/x",
        "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/x", "http://0x7f000001/x",
        "http://2130706433/x", "http://[64:ff9b::7f00:1]/x", "http://[fd00::1]/x", "http://0.0.0.0/x",
    ],
)  # fmt: skip
async def test_forbidden_addresses_are_refused(tmp_path: Path, url: str) -> None:
    async with open_live_server(tmp_path / "closed", local_upstreams="none") as live:
        for kind in ("webhook", "slack"):
            assert await refuse((await live.admin()).client, kind=kind, url=url) == ["url"]


async def test_a_channel_that_may_no_longer_be_called_is_not(tmp_path: Path, receiver: Receiver) -> None:
    async with open_live_server(tmp_path / "place") as live:
        made = await make((await live.admin()).client, receiver.url)
    async with open_live_server(tmp_path / "place", local_upstreams="none") as live:
        admin = await live.admin()
        told = (await admin.client.post(f"/api/alerts/channels/{made['id']}/test")).json()
    assert told["state"] == "failed"
    assert "not allowed" in told["reason"]
    assert receiver.came == []


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with receiving_mail() as running:
        yield running


async def test_email_goes_to_all_addresses_none_of_which_sees_the_others(tmp_path: Path, mailbox: Mailbox) -> None:
    from trunkline.core.secret import Secret

    async with open_live_server(tmp_path / "mail", smtp_url=Secret(mailbox.url), smtp_from="t@example.com") as live:
        admin = await live.admin()
        body = {"kind": "email", "name": "team", "addresses": ["ann@example.com", "Bob@Example.com", "ann@example.com"]}
        made = (await admin.client.post("/api/alerts/channels", json=body)).json()
        assert (made["addresses"], made["secret"]) == (["ann@example.com", "bob@example.com"], None)
        told = (await admin.client.post(f"/api/alerts/channels/{made['id']}/test")).json()
        assert (told["state"], told["status"]) == ("sent", 250)
        assert await refuse(admin.client, kind="email", addresses=["ann"]) == ["addresses[0]"]
        assert await refuse(admin.client, kind="email", addresses=[]) == ["addresses"]
    ((to, mail),) = mailbox.came
    assert to == ["ann@example.com", "bob@example.com"]
    assert "ann@" not in mail.as_string()
    assert mail["Subject"] == "[test] This is a test of the channel team. Nothing is wrong."
    assert mail["Message-ID"] == f"<{told['id']}@example.com>"
    assert (mail["From"], mail["Auto-Submitted"]) == ("Trunkline <t@example.com>", "auto-generated")
