"""Emails that bring invitations: a few a minute for each user, and none where no email is sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trunkline.control.people.invitation_mail import InvitationMail
from trunkline.control.rate_limit import RateLimit
from trunkline.core.errors import TooMany
from trunkline.core.secret import Secret


async def take(address: str, subject: str, text: str) -> str | None:
    return None


def limit() -> RateLimit:
    return RateLimit(2, "invitations by email", clock=lambda: 0.0)


def test_nobody_writes_to_strangers_without_end() -> None:
    mail = InvitationMail(take, "https://ai.example.com", limit())
    mail.admit("ann")
    mail.admit("ann")
    with pytest.raises(TooMany, match="invitations by email"):
        mail.admit("ann")
    mail.admit("ben")


def test_where_no_email_is_sent_nothing_is_counted() -> None:
    mail = InvitationMail(None, "https://ai.example.com", limit())
    for _ in range(5):
        mail.admit("ann")


async def test_the_text_says_who_invites_to_what_and_until_when() -> None:
    sent: list[tuple[str, str, str]] = []

    async def keep(address: str, subject: str, text: str) -> str | None:
        sent.append((address, subject, text))
        return "The mail server refused it."

    mail = InvitationMail(keep, "https://ai.example.com/tl", limit())
    told = await mail.send(
        "new@example.com",
        Secret("tlo-abc"),
        workspace="Support team",
        role="viewer",
        inviter="ann@example.com",
        expires_at=datetime(2026, 3, 9, tzinfo=UTC),
    )
    assert told == "The mail server refused it."
    [(address, subject, text)] = sent
    assert address == "new@example.com"
    assert subject == "Invitation to the workspace Support team"
    for part in (
        "ann@example.com invites you to the workspace “Support team”, as viewer.",
        "https://ai.example.com/tl/console/invitation#tlo-abc",
        "until 09 March 2026",
    ):
        assert part in text
