"""Sends one notice to one channel, by whatever way that has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from trunkline.control.alerts.extension_channels import ExtensionChannels
from trunkline.control.alerts.mail import Mailer
from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.control.alerts.webhook import post_signed, post_text
from trunkline.control.configurations.credentials import Credentials
from trunkline.core.chat import JsonValue
from trunkline.core.errors import CannotOpen, Forbidden, NotFound
from trunkline.core.secret import Secret
from trunkline.outbound import Url
from trunkline.outbound.transport import Transport
from trunkline.storage.database import Database
from trunkline.storage.tables import AlertChannelRow

SIGNING: Final = "signingKey"
"""The field of a credential that a webhook's secret is in."""

URL: Final = "url"
"""The field that holds a whole URL that lets whoever knows it write into a chat."""

NO_MAIL: Final = "This server sends no email: its administrator sets TRUNKLINE_SMTP_URL."


class Sender:
    """``mailer`` None: no email is sent here."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        transport: Transport,
        mailer: Mailer | None,
        extensions: ExtensionChannels,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._transport = transport
        self._mailer = mailer
        self._extensions = extensions
        self._now = now

    @property
    def has_mail(self) -> bool:
        """Whether email can be sent."""
        return self._mailer is not None

    async def send(self, channel: AlertChannelRow, message_id: str, message: dict[str, JsonValue]) -> DeliveryOutcome:
        """One attempt. Raises Unavailable where the database is away."""
        if channel.kind == "email":
            if self._mailer is None:
                return DeliveryOutcome(ok=False, reason=NO_MAIL)
            return await self._mailer.send(channel.addresses, message_id, message, self._now())
        try:
            secret = await self._open(channel) if channel.credential_id is not None else None
        except (CannotOpen, Forbidden, NotFound) as error:
            return DeliveryOutcome(ok=False, reason=error.message, final=True)
        assert channel.url is not None
        if channel.kind == "extension":
            name, settings = channel.extension or "", channel.settings or {}
            return await self._extensions.send(
                self._transport, name, channel.url, secret, settings, message_id, message
            )
        assert secret is not None
        if channel.kind == "slack":
            return await post_text(self._transport, secret.reveal(), message)
        return await post_signed(self._transport, channel.url, secret, message_id, message, self._now())

    async def _open(self, channel: AlertChannelRow) -> Secret:
        assert channel.url is not None
        assert channel.credential_id is not None
        origin = str(Url.parse(channel.url).origin)
        async with self._database.read() as tx:
            opened = await self._credentials.open(tx, channel.workspace_id, channel.credential_id, origin=origin)
        return opened[URL if channel.kind == "slack" else SIGNING]
