"""The way to the mail server, as settings have it."""

from __future__ import annotations

from urllib.parse import urlsplit

from trunkline.control.alerts.mail import Mailer
from trunkline.settings import Settings


def make_mailer(settings: Settings) -> Mailer | None:
    """None where no email is sent."""
    if settings.smtp_url is None:
        return None
    host = urlsplit(settings.effective_public_url).hostname or "localhost"
    return Mailer(settings.smtp_url, settings.smtp_from or f"trunkline@{host}")
