"""An alert channel that a package brings: it tells somebody of an alert in a way of its own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, Protocol

import msgspec

from trunkline.core.alert import Notice
from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.outbound import Url

SecretNeed = Literal["none", "optional", "required"]
"""Whether a channel has a secret, which is kept encrypted and sent to nobody but the channel's own address."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)
_AT: Final = re.compile(r"(.*?)(?: - at `\$\.?(.*)`)?", re.DOTALL)


class NotDelivered(Exception):
    """Raised by a channel whose notice did not arrive. ``reason`` is shown to people, so it must hold no secret.

    It is tried again later, unless ``final``; not before ``retry_after`` seconds, where that is said.
    """

    def __init__(self, reason: str, *, final: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.retry_after = retry_after


class AlertNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told. ``id`` is the same at each attempt; ``title`` is one line for people, ``text`` some lines.

    ``data`` is what a webhook gets as its ``data``.
    """

    id: str
    notice: Notice
    title: str
    text: str
    data: Mapping[str, JsonValue]


class Reply(msgspec.Struct, frozen=True):
    """A good answer: a status of 200 to 299, and at most 64 KiB of its body."""

    status: int
    body: bytes


class Destination(Protocol):
    """The place that one channel sends to. Nothing else can be reached through it."""

    @property
    def secret(self) -> str | None:
        """What was entered as the channel's secret."""
        ...

    @property
    def settings(self) -> Any:
        """What was entered as the channel's settings, an object of the extension's class for them; else None."""
        ...

    async def post(
        self,
        body: JsonValue | bytes,
        *,
        path: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Reply:
        """Send ``body``, which becomes JSON unless it is bytes, to the channel's address, or to ``path`` below it.

        It goes out as all that Trunkline sends: to allowed addresses alone, without redirects, within 15 seconds.
        Raises :class:`NotDelivered` where no good answer comes, which a channel need not catch.
        """
        ...


class AlertChannel:
    """Base of channels. One object serves all of them, and keeps nothing of any."""

    async def send(self, notice: AlertNotice, to: Destination) -> None:
        """Tell ``to`` of it. It has arrived when this returns; it has not where this raises :class:`NotDelivered`."""
        raise NotImplementedError


class AlertChannelExtension(msgspec.Struct, frozen=True, kw_only=True):
    """An alert channel, by its name. ``url`` is where channels send to that name no address of their own.

    ``settings`` is a class derived from ``msgspec.Struct``. What is entered is held to its types, and kept in plain.
    """

    api: int
    """:data:`~trunkline.extensions.interface.API`, as the number that the package was written for."""
    name: str
    channel: AlertChannel
    secret: SecretNeed = "none"  # noqa: S105 - whether there is one
    settings: type[msgspec.Struct] | None = None
    url: str | None = None

    def read_settings(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """``given`` as it is kept. Raises InvalidInput that names each wrong field below ``settings``."""
        if self.settings is None:
            names: set[str] = set()
        else:
            names = {field.encode_name for field in msgspec.structs.fields(self.settings)}
        if unknown := sorted(set(given) - names):
            known = f"it has {', '.join(sorted(names))}" if names else "it has no settings"
            words = f"is no setting of {self.name}; {known}."
            raise InvalidInput.of_all(tuple(FieldError(f"settings.{name[:100]}", words) for name in unknown))
        if self.settings is None:
            return {}
        try:
            return msgspec.to_builtins(msgspec.convert(given, self.settings))
        except msgspec.ValidationError as error:
            found = _AT.fullmatch(str(error))
            message, field = found.groups() if found is not None else (str(error), None)
            raise InvalidInput.of(f"settings.{field}" if field else "settings", f"{message}.") from None

    def make_settings(self, kept: Mapping[str, JsonValue]) -> Any:
        """The object that a channel gets. Raises msgspec.ValidationError where the class has changed meanwhile."""
        return None if self.settings is None else msgspec.convert(kept, self.settings)

    def find_faults(self) -> list[str]:
        """Everything that is wrong with it, a sentence each; empty when nothing is."""
        return list(self._find_faults())

    def _find_faults(self) -> Iterator[str]:
        if _NAME.fullmatch(self.name) is None:
            yield "name: must be 2 to 32 lower-case letters, digits and hyphens, a letter first."
        if not isinstance(self.channel, AlertChannel):  # pyright: ignore[reportUnnecessaryIsInstance] - code of others
            yield "channel: must be an object of a class that is derived from AlertChannel of trunkline.extensions."
        elif not inspect.iscoroutinefunction(self.channel.send):
            yield "channel: send must be an async def."
        elif type(self.channel).send is AlertChannel.send:
            yield "channel: send is missing."
        if self.secret not in ("none", "optional", "required"):
            yield "secret: must be none, optional or required."
        if self.settings is not None and not (
            isinstance(self.settings, type) and issubclass(self.settings, msgspec.Struct)  # pyright: ignore[reportUnnecessaryIsInstance]
        ):
            yield "settings: must be a class that is derived from msgspec.Struct."
        if self.url is not None:
            try:
                Url.parse(self.url)
            except InvalidInput as error:
                yield f"url: {error.message}"
