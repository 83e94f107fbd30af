"""What a caller is told of what a provider sent back when something went wrong.

Nobody sees the key in use. Accounts at the provider and addresses of servers are for administrators of the workspace:
others get a sentence, and the id by which an administrator finds the rest in the log.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.account_redaction import hide_accounts, hide_accounts_in
from trunkline.core.actor import Actor, at_least
from trunkline.core.chat import Message
from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamError, UpstreamKind
from trunkline.core.key_redaction import KeyRedaction
from trunkline.logs import get_logger
from trunkline.outbound import OutboundError

_log: Final = get_logger(__name__)

_SENTENCES: Final[dict[UpstreamKind, str]] = {
    "timeout": "The provider took too long.",
    "malformed": "The provider sent something that is not its own format.",
    "too_large": "The provider's answer is larger than is accepted.",
}
NO_KEYS: Final = KeyRedaction(())
"""For a call that has no target yet."""

_UNREACHABLE: Final = "The provider cannot be reached."


class Disclosure:
    """Of one call, by ``actor``, to the place with ``redaction``.

    ``owner_id`` is whose configuration it is, where that is told: they know its account and address.
    """

    __slots__ = ("_actor", "_owner_id", "_redaction", "_request_id")

    def __init__(self, actor: Actor, request_id: str, redaction: KeyRedaction, *, owner_id: str | None = None) -> None:
        self._actor = actor
        self._owner_id = owner_id
        self._request_id = request_id
        self._redaction = redaction

    @property
    def _administers(self) -> bool:
        return knows_accounts(self._actor, self._owner_id)

    @property
    def keys(self) -> KeyRedaction:
        """The keys in use, and how they are looked for."""
        return self._redaction

    def error(self, error: UpstreamError) -> None:
        """Take out of ``error`` what this caller must not see, in place. The log keeps all but the key."""
        self._redaction.error(error)
        _log.warning(
            "provider_failed",
            request_id=self._request_id,
            provider=error.provider,
            kind=error.kind,
            status=error.status,
            said=error.detail or error.message,
        )
        if not self._administers:
            if isinstance(error, OutboundError):
                sentence = _SENTENCES.get(error.kind, _UNREACHABLE)
                error.message = f"{sentence} An administrator finds more in the log, by the request {self._request_id}."
            for name, value in list(vars(error).items()):
                if name not in ("provider", "origin", "said_on"):
                    setattr(error, name, hide_accounts_in(value))
        error.args = (error.message,)

    def failure(self, failure: Failure) -> Failure:
        """As :meth:`error`, of what broke a stream."""
        message, code = self._redaction.text(failure.message), failure.code
        code = None if code is None else self._redaction.text(code)
        _log.warning("provider_broke_off", request_id=self._request_id, kind=failure.kind, said=message)
        if not self._administers:
            message = hide_accounts(message)
        return Failure(message, failure.kind, code)

    def last(self, data: bytes) -> bytes:
        """The last bytes of a stream that passes, which tell of an error."""
        data = self._redaction.bytes(data)
        if self._administers:
            return data
        text = data.decode("utf-8", "surrogateescape")
        hidden = hide_accounts(text)
        return data if hidden == text else hidden.encode("utf-8", "surrogateescape")

    def whole(self, data: bytes) -> bytes:
        """An answer that goes well, or a piece of one: a provider may show the key in it, too."""
        for secret in self._redaction.plain:
            if secret in data:
                return self._redaction.bytes(data)
        return data

    def message(self, message: Message) -> Message:
        """As :meth:`whole`, of an answer that was put together from its pieces."""
        raw = msgspec.json.encode(message)
        return msgspec.json.decode(self.whole(raw), type=Message) if self._redaction.holds(raw) else message


def knows_accounts(actor: Actor, owner_id: str | None = None) -> bool:
    """Whether ``actor`` may see accounts and addresses: an admin, and the owner of the configuration."""
    return actor.application_id is None and (actor.user_id == owner_id or at_least(actor.role, "admin"))
