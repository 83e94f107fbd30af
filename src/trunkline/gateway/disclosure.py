"""What a caller is told of what a provider sent back when something went wrong.

Nobody sees the key in use. Accounts at the provider and addresses of servers are for administrators of the workspace:
others get a sentence, and the id by which an administrator finds the rest in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast

import structlog

from trunkline.core.account_redaction import hide_accounts
from trunkline.core.actor import Actor, at_least
from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamError, UpstreamKind
from trunkline.core.key_redaction import KeyRedaction
from trunkline.outbound import OutboundError

_log: Final = structlog.stdlib.get_logger(__name__)

_SENTENCES: Final[dict[UpstreamKind, str]] = {
    "timeout": "The provider took too long.",
    "malformed": "The provider sent something that is not its own format.",
    "too_large": "The provider's answer is larger than is accepted.",
}
NO_KEYS: Final = KeyRedaction(())
"""For a call that has no target yet."""

_UNREACHABLE: Final = "The provider cannot be reached."


class Disclosure:
    """Of one call, by ``actor``, to the place with ``redaction``."""

    __slots__ = ("_administers", "_redaction", "_request_id")

    def __init__(self, actor: Actor, request_id: str, redaction: KeyRedaction) -> None:
        self._administers = actor.application_id is None and at_least(actor.role, "admin")
        self._request_id = request_id
        self._redaction = redaction

    def error(self, error: UpstreamError) -> None:
        """Take out of ``error`` what this caller must not see, in place. The log keeps all but the key."""
        for name, value in list(vars(error).items()):
            setattr(error, name, _clean(value, self._redaction))
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
                    setattr(error, name, _hide(value))
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
        """A whole answer that went well: a provider may show the key in one, too."""
        return self._redaction.bytes(data) if self._redaction.holds(data) else data


def _clean(value: object, redaction: KeyRedaction) -> object:
    if isinstance(value, str):
        return redaction.text(value)
    if isinstance(value, bytes):
        return redaction.bytes(value)
    if isinstance(value, dict):
        return {
            _clean(name, redaction): _clean(inner, redaction)
            for name, inner in cast("Mapping[object, object]", value).items()
        }
    if type(value) in (list, tuple):
        return [_clean(inner, redaction) for inner in cast("Iterable[object]", value)]
    return value


def _hide(value: object) -> object:
    if isinstance(value, str):
        return hide_accounts(value)
    if isinstance(value, bytes):
        return hide_accounts(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if isinstance(value, dict):
        return {name: _hide(inner) for name, inner in cast("Mapping[object, object]", value).items()}
    if type(value) in (list, tuple):
        return [_hide(inner) for inner in cast("Iterable[object]", value)]
    return value
