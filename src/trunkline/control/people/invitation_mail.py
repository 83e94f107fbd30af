"""The email that brings an invitation to who is invited, where the installation sends any."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from trunkline.control.rate_limit import RateLimit
from trunkline.core.secret import Secret
from trunkline.logs import get_logger

SendEmail = Callable[[str, str, str], Awaitable[str | None]]
"""Sends an email: address, subject, text. Gives why it could not be sent, or None."""

_log = get_logger(__name__)


class InvitationMail:
    """Sends links. Each user may send a few a minute, so that nobody writes to strangers in the installation's name."""

    def __init__(self, send_email: SendEmail | None, public_url: str, limit: RateLimit) -> None:
        self._send_email = send_email
        self._public_url = public_url
        self._limit = limit

    @property
    def possible(self) -> bool:
        """Whether this installation sends emails."""
        return self._send_email is not None

    def admit(self, user_id: str) -> None:
        """Count one that this user is about to send. :class:`TooMany`; never where no email is sent."""
        if self.possible:
            self._limit.take(user_id)

    async def send(
        self, address: str, token: Secret, *, workspace: str, role: str, inviter: str, expires_at: datetime
    ) -> str | None:
        """Email the link. Gives why it could not be sent, in a sentence; None when the mail server took it."""
        if self._send_email is None:
            return None
        # The token stands behind the #, so that no server and no proxy on the way writes it into a log.
        text = (
            f"{inviter} invites you to the workspace “{workspace}”, as {role}.\n\n"
            f"Join with this address:\n{self._public_url}/console/invitation#{token.reveal()}\n\n"
            f"The link works once, until {expires_at:%d %B %Y}. If you do not know who invites you, do nothing."
        )
        reason = await self._send_email(address, f"Invitation to the workspace {workspace}", text)
        if reason is not None:
            _log.warning("invitation_not_sent", reason=reason)
        return reason
