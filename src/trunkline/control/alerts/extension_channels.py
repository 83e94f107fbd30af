"""Alert channels of extensions: what is entered of one, and how its notices are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET

from trunkline.control.alerts.channel import ChannelDraft
from trunkline.control.alerts.message import write_text, write_title
from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.control.alerts.webhook import exchange
from trunkline.core.alert import Notice
from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.extensions.alert_channel_extension import AlertChannelExtension, AlertNotice, NotDelivered, Reply
from trunkline.extensions.foreign_error import describe_error
from trunkline.logs import get_logger
from trunkline.outbound import Url
from trunkline.outbound.transport import Transport

_log: Final = get_logger(__name__)

_SECONDS: Final = 30.0
"""For a notice, whatever a channel does."""

_LONGEST_REASON: Final = 500
_LONGEST_WAIT: Final = 3_600.0
LONGEST_SECRET: Final = 4_096


class EnteredChannel(msgspec.Struct, frozen=True, kw_only=True):
    """What was entered for a new channel, checked."""

    extension: str
    url: str
    secret: Secret | None
    settings: dict[str, JsonValue]


class ExtensionChannels:
    """Those that are loaded, by their names."""

    def __init__(self, extensions: Mapping[str, AlertChannelExtension]) -> None:
        self._extensions = extensions

    def find(self, name: str) -> AlertChannelExtension:
        """Raises InvalidInput at ``extension`` for one that is not loaded."""
        found = self._extensions.get(name)
        if found is None:
            there = ", ".join(sorted(self._extensions)) or "none"
            words = (
                f"no alert channel {name[:100]!r} is loaded; there are: {there}. TRUNKLINE_EXTENSIONS names packages."
            )
            raise InvalidInput.of("extension", words)
        return found

    def read(self, draft: ChannelDraft) -> EnteredChannel:
        """A new channel. Raises InvalidInput at the field that is missing or wrong."""
        if draft.extension is UNSET:
            raise InvalidInput.of("extension", "is required: the alert channel of an extension that sends the notices.")
        extension = self.find(draft.extension)
        secret = None if draft.secret is UNSET else draft.secret
        if secret is not None:
            self.check_secret(extension.name, secret)
        elif extension.secret == "required":  # noqa: S105 - whether there is one
            raise InvalidInput.of("secret", f"is required for {extension.name}.")
        url = extension.url if draft.url is UNSET else draft.url
        if url is None:
            raise InvalidInput.of("url", f"is required for {extension.name}: where the notices are sent.")
        settings = extension.read_settings({} if draft.settings is UNSET else draft.settings)
        return EnteredChannel(extension=extension.name, url=url, secret=secret, settings=settings)

    def check_secret(self, name: str, secret: Secret) -> None:
        """Raises InvalidInput for a secret that a channel of that name cannot have."""
        if self.find(name).secret == "none":  # noqa: S105 - whether there is one
            raise InvalidInput.of("secret", f"is not for {name}, which has none: leave it out.")
        if not secret.reveal().isprintable() or len(secret.reveal()) > LONGEST_SECRET:
            raise InvalidInput.of("secret", f"may have {LONGEST_SECRET:,} printable characters at most.")

    async def send(
        self,
        transport: Transport,
        name: str,
        url: str,
        secret: Secret | None,
        settings: Mapping[str, JsonValue],
        message_id: str,
        message: dict[str, JsonValue],
    ) -> DeliveryOutcome:
        """One attempt. Never raises for what an extension does."""
        extension = self._extensions.get(name)
        if extension is None:
            reason = f"The extension with the alert channel {name} is not loaded. TRUNKLINE_EXTENSIONS names packages."
            return DeliveryOutcome(ok=False, reason=reason)
        notice = AlertNotice(
            id=message_id,
            notice=cast("Notice", str(message["type"]).removeprefix("alert.")),
            title=write_title(message),
            text=write_text(message),
            data=cast("Mapping[str, JsonValue]", message["data"]),
        )
        shown = None if secret is None else secret.reveal()
        try:
            to = _Place(transport, Url.parse(url), shown, extension.make_settings(settings))
            async with asyncio.timeout(_SECONDS):
                await extension.channel.send(notice, to)
        except NotDelivered as error:
            after = None if error.retry_after is None else timedelta(seconds=min(error.retry_after, _LONGEST_WAIT))
            return DeliveryOutcome(ok=False, reason=_hide(error.reason, shown), final=error.final, after=after)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the last wall before code that is not ours
            reason = _hide(f"The extension failed: {describe_error(error)}", shown)
            _log.error("extension_alert_channel_failed", name=name, error=reason)
            return DeliveryOutcome(ok=False, reason=reason)
        return DeliveryOutcome(ok=True, status=to.status)


def _hide(reason: str, secret: str | None) -> str:
    return (reason.replace(secret, "…") if secret else reason)[:_LONGEST_REASON]


class _Place:
    """Implements :class:`~trunkline.extensions.alert_channel_extension.Destination`."""

    def __init__(self, transport: Transport, url: Url, secret: str | None, settings: Any) -> None:
        self._transport = transport
        self._url = url
        self.secret = secret
        self.settings = settings
        self.status: int | None = None
        """That of the last answer."""

    async def post(
        self,
        body: JsonValue | bytes,
        *,
        path: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Reply:
        """See :class:`~trunkline.extensions.alert_channel_extension.Destination`."""
        url = self._url.join(path) if path else self._url
        written = body if isinstance(body, bytes) else msgspec.json.encode(body)
        outcome, said = await exchange(self._transport, method, url, written, list((headers or {}).items()))
        self.status = outcome.status
        if not outcome.ok:
            after = None if outcome.after is None else outcome.after.total_seconds()
            raise NotDelivered(outcome.reason or "It did not arrive.", final=outcome.final, retry_after=after)
        return Reply(outcome.status or 200, said)
