"""Sends notices by email, through the mail server of the installation."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from trunkline.control.alerts.message import write_text, write_title
from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.core.chat import JsonValue
from trunkline.core.secret import Secret
from trunkline.setting_forms import SMTP_PORTS

_SECONDS: Final = 15.0
_SUBJECT_CHARACTERS: Final = 200
_FINAL: Final = range(500, 600)
"""Answers that another attempt would get as well: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1."""


class Mailer:
    """Speaks to the server that ``url`` names. ``smtp`` demands STARTTLS: without it, nothing is sent.

    ``sender`` is whom the emails are from, ``tls`` what certificates are trusted by (the system's).
    """

    def __init__(self, url: Secret, sender: str, *, tls: ssl.SSLContext | None = None) -> None:
        self._url = url
        self._sender = sender
        self._tls = tls

    async def send(
        self, addresses: Sequence[str], message_id: str, message: dict[str, JsonValue], moment: datetime
    ) -> DeliveryOutcome:
        """Send ``message`` to all ``addresses``, none of which sees the others."""
        return await self.send_text(addresses, message_id, write_title(message), write_text(message), moment)

    async def send_text(
        self, addresses: Sequence[str], message_id: str, subject: str, text: str, moment: datetime
    ) -> DeliveryOutcome:
        """The same with any text."""
        place = urlsplit(self._url.reveal())
        domain = self._sender.rpartition("@")[2]
        try:
            refused, _ = await aiosmtplib.send(
                self._write(message_id, domain, subject, text, moment),
                sender=self._sender,
                recipients=list(addresses),
                hostname=place.hostname,
                port=place.port or SMTP_PORTS[place.scheme],
                username=unquote(place.username) if place.username else None,
                password=unquote(place.password) if place.password else None,
                # Otherwise the library asks the resolver, and everything else waits for that.
                local_hostname=domain,
                use_tls=place.scheme == "smtps",
                start_tls=None if place.scheme == "smtps" else place.scheme == "smtp",
                tls_context=None if place.scheme == "smtp+plain" else self._tls or ssl.create_default_context(),
                timeout=_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            return DeliveryOutcome(
                ok=False,
                status=max(codes, default=None),
                reason="The mail server refused every address.",
                final=all(code in _FINAL for code in codes),
            )
        except aiosmtplib.SMTPResponseException as error:
            reason = f"The mail server refused the email ({error.code})."
            return DeliveryOutcome(ok=False, status=error.code, reason=reason, final=error.code in _FINAL)
        except aiosmtplib.SMTPTimeoutError:
            return DeliveryOutcome(ok=False, reason="The mail server did not answer in time.")
        except (aiosmtplib.SMTPException, ssl.SSLError, OSError) as error:
            return DeliveryOutcome(ok=False, reason=f"The mail server could not be spoken to ({type(error).__name__}).")
        told = f"The mail server refused {len(refused)} of {len(addresses)} addresses." if refused else None
        return DeliveryOutcome(ok=True, status=250, reason=told)

    def _write(self, message_id: str, domain: str, subject: str, text: str, moment: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"Trunkline <{self._sender}>"
        mail["To"] = "undisclosed-recipients:;"
        mail["Subject"] = subject[:_SUBJECT_CHARACTERS]
        mail["Date"] = format_datetime(moment)
        # The same at each attempt, so that servers and readers recognise it.
        mail["Message-ID"] = f"<{message_id}@{domain}>"
        # https://www.rfc-editor.org/rfc/rfc3834#section-5: no answers from absent people.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text + "\n")
        return mail
