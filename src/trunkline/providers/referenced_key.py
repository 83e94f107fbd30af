"""Calls with a key that stands elsewhere: it is looked up as a call is sent, and shown or used to sign as any other."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.key_redaction import KeyRedaction
from trunkline.core.referenced_key import ReferencedKey
from trunkline.core.secret import Secret
from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.transport import Transport
from trunkline.providers.auth import write_auth
from trunkline.providers.provider import Provider
from trunkline.providers.signer import Signer


class ReferencedKeySigner:
    """Shows the key that a reference stands for now. Takes it out of answers from then on, by ``redaction``."""

    __slots__ = ("_inner", "_key", "_known", "_make", "_origin", "_provider", "_shown", "redaction")

    def __init__(
        self,
        key: ReferencedKey,
        provider: Provider,
        origin: str,
        make_inner: Callable[[Secret], Signer | None],
    ) -> None:
        """``make_inner`` makes what signs with the key itself, for providers that are not shown it."""
        self._key = key
        self._provider = provider
        self._origin = origin
        self._make = make_inner
        self._known: Secret | None = None
        self._inner: Signer | None = None
        self._shown: tuple[tuple[str, str], ...] = ()
        self.redaction: KeyRedaction | None = None

    async def sign(self, request: OutgoingRequest, transport: Transport) -> OutgoingRequest:
        """See :class:`trunkline.providers.signer.Signer`. A header that the user set to authorize wins."""
        known = await self._key.resolve(self._origin)
        if known is not self._known:
            self._take(known)
        if self._inner is not None:
            return await self._inner.sign(request, transport)
        given = {name.lower() for name, _ in request.headers}
        shown = tuple(pair for pair in self._shown if pair[0].lower() not in given)
        return msgspec.structs.replace(request, headers=(*request.headers, *shown))

    @property
    def warning(self) -> str | None:
        """What to tell of a key that is still used and could not be looked up again; None where all is well."""
        failure = self._key.failure
        return None if failure is None else f"{self._key.reveal()} could not be looked up again: {failure}"

    def _take(self, known: Secret) -> None:
        try:
            inner = self._make(known)
            shown = write_auth(self._provider.auth, known) if inner is None else ()
        except InvalidInput as error:
            raise UpstreamError(
                f"What {self._key.reveal()} leads to is no key: it {error.message.removeprefix('apiKey: ')}",
                kind="unreachable",
            ) from None
        if self.redaction is not None:
            self.redaction.learn(known.reveal())
        self._known, self._inner, self._shown = known, inner, shown

    def __repr__(self) -> str:
        return "ReferencedKeySigner()"
