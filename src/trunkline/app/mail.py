"""The way to the mail server, as settings have it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from trunkline.control.alerts.mail import Mailer
from trunkline.core.ids import new_id
from trunkline.settings import Settings


def make_mailer(settings: Settings) -> Mailer | None:
    """None where no email is sent."""
    if settings.smtp_url is None:
        return None
    host = urlsplit(settings.effective_public_url).hostname or "localhost"
    return Mailer(settings.smtp_url, settings.smtp_from or f"trunkline@{host}")


def make_sender(settings: Settings) -> Callable[[str, str, str], Awaitable[str | None]] | None:
    """Sends one email (address, subject, text), and gives why it could not; None where no email is sent."""
    mailer = make_mailer(settings)
    if mailer is None:
        return None

    async def send(address: str, subject: str, text: str) -> str | None:
        outcome = await mailer.send_text([address], new_id(), subject, text, datetime.now(UTC))
        return None if outcome.ok else outcome.reason or "The mail server refused it."

    return send
