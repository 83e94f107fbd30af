"""Email is encrypted where that was asked for, or not sent; what the server says comes out as a code."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme
from tests.contract.alerts.receiver import receiving_mail
from tests.upstreams.aimock import free_port

from trunkline.control.alerts.mail import Mailer
from trunkline.control.alerts.message import write_test
from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.settings import read_settings

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TO = ("ann@example.com",)
MESSAGE = write_test("on-call\r\nBcc: everybody@example.com", NOW)


class Certificates:
    def __init__(self) -> None:
        authority = trustme.CA()
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(self.server)
        self.trusted = ssl.create_default_context()
        authority.configure_trust(self.trusted)


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    return Certificates()


async def send(url: str, tls: ssl.SSLContext | None = None) -> DeliveryOutcome:
    return await Mailer(Secret(url), "t@example.com", tls=tls).send(TO, "id", MESSAGE, NOW)


async def test_starttls(certificates: Certificates) -> None:
    with receiving_mail("smtp", tls_context=certificates.server, require_starttls=True) as mailbox:
        assert (await send(mailbox.url, certificates.trusted)).ok
    assert mailbox.encrypted == [True]


async def test_without_starttls_nothing_is_sent(certificates: Certificates) -> None:
    with receiving_mail("smtp") as mailbox:
        outcome = await send(mailbox.url, certificates.trusted)
    assert (outcome.ok, mailbox.came) == (False, [])


async def test_a_certificate_that_nobody_trusts_ends_it(certificates: Certificates) -> None:
    with receiving_mail("smtp", tls_context=certificates.server, require_starttls=True) as mailbox:
        outcome = await send(mailbox.url)
    assert (outcome.ok, outcome.final, mailbox.came) == (False, False, [])


async def test_tls_from_the_start(certificates: Certificates) -> None:
    with receiving_mail("smtps", ssl_context=certificates.server) as mailbox:
        # The library that stands for the server knocks at its own door first.
        assert (await send(mailbox.url, certificates.trusted)).ok


async def test_a_name_puts_nothing_into_the_head() -> None:
    with receiving_mail() as mailbox:
        assert (await send(mailbox.url)).ok
    ((to, mail),) = mailbox.came
    assert (to, mail["Bcc"]) == (["ann@example.com"], None)
    assert mail["Subject"].startswith("[test] This is a test of the channel on-call Bcc: everybody@example.com.")


@pytest.mark.parametrize(("answer", "final"), [("550 no such user ann@example.com", True), ("451 later", False)])
async def test_what_the_server_says_comes_out_as_a_code(answer: str, final: bool) -> None:
    class Refusing:
        async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802 - its name there
            return answer

    from aiosmtpd.controller import Controller

    controller = Controller(Refusing(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        outcome = await send(f"smtp+plain://127.0.0.1:{controller.port}")
    finally:
        controller.stop()
    assert (outcome.ok, outcome.status, outcome.final) == (False, int(answer[:3]), final)
    assert outcome.reason == "The mail server refused every address."


async def test_where_there_is_no_server_it_is_tried_again() -> None:
    outcome = await send(f"smtp+plain://127.0.0.1:{free_port()}")
    assert (outcome.ok, outcome.final) == (False, False)
    assert outcome.reason is not None
    assert "could not be spoken to" in outcome.reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUNKLINE_SMTP_URL", "smtp.example.com"),
        ("TRUNKLINE_SMTP_URL", "http://smtp.example.com"),
        ("TRUNKLINE_SMTP_URL", "smtp://smtp.example.com:587/path"),
        ("TRUNKLINE_SMTP_URL", "smtp://smtp.example.com:99999"),
        ("TRUNKLINE_SMTP_URL", "smtp+plain://user:hunter2@smtp.example.com"),
        ("TRUNKLINE_SMTP_FROM", "Ann <ann@example.com>"),
        ("TRUNKLINE_SMTP_FROM", "ann"),
    ],
)
def test_settings_that_are_wrong_are_named_without_their_secrets(name: str, value: str, tmp_path: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settings({name: value}, tmp_path / "none")
    assert [error.field for error in caught.value.fields] == [name]
    assert "hunter2" not in str(caught.value)
