"""The models that a configuration could use which is not saved yet, and the servers that one could be made for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from trunkline.control.configurations.configuration import Draft
from trunkline.control.configurations.credentials import API_KEY
from trunkline.control.configurations.proposal import propose
from trunkline.control.configurations.provider_models import ModelListing, ProviderModels
from trunkline.control.configurations.reach import Reach, headers_of
from trunkline.control.rate_limit import RateLimit
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.providers.discovery import Discovered, discover
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.registry import PROVIDERS, find
from trunkline.vault.sealed_key import SealedKeys


class DraftModels:
    """Asks a provider with what a form holds. Nothing is saved, and no list is remembered."""

    def __init__(
        self,
        reach: Reach,
        models: ProviderModels,
        sealed_keys: SealedKeys,
        limit: RateLimit,
        ollama_host: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``ollama_host`` is what the server's environment says of that, or nothing."""
        self._reach = reach
        self._models = models
        self._sealed_keys = sealed_keys
        self._limit = limit
        self._ollama_host = ollama_host
        self._now = now

    async def list(self, actor: Actor, draft: Draft) -> ModelListing:
        """The models that ``draft``'s own key may use, live; from the catalogue where its provider has no list.

        Raises InvalidInput for a draft that would not be accepted, Forbidden, TooMany, and UpstreamError as the
        provider fails.
        """
        access.check(actor, "configurations.change")
        proposal = propose(actor, draft, None, sealed_keys=self._sealed_keys, output_limit=self._models.output_limit)
        self._limit.take(actor.user_id)
        provider = proposal.provider
        key = self._reach.ready(proposal.put.get(API_KEY), proposal.origins)
        endpoint = make_endpoint(provider, proposal.base_url, key, headers_of(proposal.put), proposal.parameters)
        models = await self._models.ask(endpoint)
        if not models and "pull_model" not in provider.capabilities:
            return self._models.bundled(provider)
        return ModelListing(provider=provider.id, source="live", models=models, fetched_at=self._now(), age_seconds=0)

    async def find_servers(self, actor: Actor, provider_name: str) -> list[Discovered]:
        """Servers of that provider which run on the server's machine: an Ollama. None where nothing answers."""
        access.check(actor, "configurations.change")
        provider = find(provider_name)
        self._limit.take(actor.user_id)
        if "pull_model" not in provider.capabilities:
            return []
        found = await discover({"OLLAMA_HOST": self._ollama_host}, self._reach.transport(PROVIDERS["ollama"]))
        return [each for each in found if each.provider == provider.id]
