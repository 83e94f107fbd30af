"""Keys by reference: which there may be, what they stand for now, and what to do while their store is away."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from typing import Final

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.referenced_key import ReferencedKey
from trunkline.core.secret import Secret
from trunkline.core.secret_reference import is_reference, looks_like_reference
from trunkline.external_secrets.reference_rule import SETTING, ReferenceRule
from trunkline.external_secrets.reference_stores import Fetch, make_stores
from trunkline.external_secrets.service_call import ServiceFailed, make_client
from trunkline.logs import get_logger
from trunkline.outbound import Client, Transport

RETRY_SECONDS: Final = 15.0
"""How soon a store that failed is asked again, while the last value is still good."""

_MOST: Final = 1000
"""References that are remembered; above it all are looked up anew."""

_CERTIFICATES: Final = {"aws": "AWS_CA_BUNDLE", "vault": "VAULT_CACERT"}

_log: Final = get_logger(__name__)


class _Kept:
    """A key as it was last found."""

    __slots__ = ("ask_at", "failure", "good_until", "secret", "task")

    def __init__(self) -> None:
        self.secret: Secret | None = None
        self.ask_at = 0.0
        self.good_until = 0.0
        self.failure: str | None = None
        self.task: asyncio.Task[None] | None = None


class References:
    """Belongs to one event loop. Asks a store when a call needs a key that is missing or old, and never otherwise.

    A value is used for ``refresh`` seconds, or for as long as its store says if that is shorter; then it is asked for
    again, while calls go on with it. Where that fails it is kept until ``keep`` seconds after it was found.
    """

    def __init__(
        self,
        rules: tuple[ReferenceRule, ...],
        *,
        refresh: float = 300,
        keep: float = 3600,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        stores: Mapping[str, Fetch] | None = None,
    ) -> None:
        """``clock`` is monotonic; ``stores`` for tests, else those of ``environment``."""
        self._rules = rules
        self._refresh = refresh
        self._keep = max(keep, refresh)
        self._environment = environment
        self._clock = clock
        self._stores = stores if stores is not None else make_stores(environment, self._find_client)
        self._clients: dict[str, Client] = {}
        self._kept: dict[str, _Kept] = {}

    def require(self, secret: Secret, origins: tuple[str, ...]) -> None:
        """See :class:`trunkline.vault.vault.ReferenceRules`."""
        text = secret.reveal().strip()
        if not looks_like_reference(text):
            return
        if not is_reference(text):
            raise InvalidInput.of(
                "apiKey",
                "is no reference that can be followed: write env:NAME, file:/path, vault:path#field or"
                " aws-sm:name#field.",
            )
        for origin in origins:
            if (problem := self._find_problem(text, origin)) is not None:
                raise InvalidInput.of("apiKey", problem)

    def bind(self, secret: Secret) -> Secret:
        """See :class:`trunkline.vault.vault.ReferenceRules`."""
        text = secret.reveal().strip()
        return ReferencedKey(text, self.resolve, self.find_failure) if is_reference(text) else secret

    async def resolve(self, reference: str, origin: str) -> Secret:
        """See :class:`trunkline.core.referenced_key.Resolve`."""
        if (problem := self._find_problem(reference, origin)) is not None:
            raise UpstreamError(f"{reference} {problem}", kind="unreachable")
        kept = self._kept.get(reference)
        if kept is None:
            if len(self._kept) >= _MOST:
                self._kept = {name: each for name, each in self._kept.items() if each.task is not None}
            kept = self._kept[reference] = _Kept()
        now = self._clock()
        if kept.secret is not None and now < min(kept.ask_at, kept.good_until):
            return kept.secret
        if kept.task is None:
            kept.task = asyncio.ensure_future(self._ask(reference, kept))
        if kept.secret is None or now >= kept.good_until:
            # Whoever hangs up must not take the key from those who wait with it.
            await asyncio.shield(kept.task)
        if kept.secret is None or self._clock() >= kept.good_until:
            raise UpstreamError(f"The key {reference} cannot be had. {kept.failure}", kind="unreachable")
        return kept.secret

    def find_failure(self, reference: str) -> str | None:
        """Why the last try to find it failed, also while its last value is still used; None where it did not."""
        kept = self._kept.get(reference)
        return None if kept is None else kept.failure

    async def close(self) -> None:
        """Let go of connections, and of every key."""
        tasks = [kept.task for kept in self._kept.values() if kept.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._kept.clear()
        for client in self._clients.values():
            await client.close()

    async def _ask(self, reference: str, kept: _Kept) -> None:
        kind, _, where = reference.partition(":")
        name, _, field = where.partition("#")
        try:
            found = await self._stores[kind](name, field or None)
        except ServiceFailed as error:
            kept.failure = error.message
            kept.ask_at = self._clock() + RETRY_SECONDS
            _log.warning("secret_reference_failed", reference=reference, reason=error.message)
        else:
            now = self._clock()
            # The same object while the key is the same: who has it sees by that whether it changed.
            kept.secret = kept.secret if kept.secret == found.secret else found.secret
            kept.failure = None
            kept.ask_at = now + min(self._refresh, found.seconds or self._refresh)
            kept.good_until = now + (self._keep if found.seconds is None else min(self._keep, found.seconds))
        finally:
            kept.task = None

    def _find_problem(self, reference: str, origin: str) -> str | None:
        rules = [rule for rule in self._rules if rule.allows(reference)]
        if not rules:
            return f"is not among the references that this server allows. Its operator can add it to {SETTING}."
        if not any(rule.allows_at(origin) for rule in rules):
            return f"may not be sent to {origin}. The operator of this server can add that to {SETTING}."
        return None

    def _find_client(self, kind: str) -> Transport:
        client = self._clients.get(kind)
        if client is None:
            client = self._clients[kind] = make_client(self._environment.get(_CERTIFICATES[kind]))
        return client
