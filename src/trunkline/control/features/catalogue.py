"""The catalogue of models: each provider's own list, live where it can be asked, the last good one when it fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec

from trunkline.control.configurations.provider_models import ProviderModels
from trunkline.control.configurations.reach import Reach
from trunkline.control.features.lookup import find_workspace_lender
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.core import access
from trunkline.core.account_redaction import hide_accounts
from trunkline.core.actor import Actor
from trunkline.core.errors import (
    CannotOpen,
    Forbidden,
    InvalidInput,
    NotFound,
    TrunklineError,
    Unavailable,
    UpstreamError,
)
from trunkline.gateway.disclosure import knows_accounts
from trunkline.outbound.url import Url
from trunkline.providers.endpoint import Endpoint, make_endpoint
from trunkline.providers.model_info import ModelInfo
from trunkline.providers.model_list import list_models
from trunkline.providers.nearest import nearest
from trunkline.providers.openrouter import read_routed
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find
from trunkline.storage import configurations
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Configuration

FRESH_SECONDS: Final = 600.0
"""How long a live list is given again without asking."""

FAILED_SECONDS: Final = 15.0
"""How long a provider that failed is not asked again."""

CAPACITY: Final = 64
"""Lists that are remembered, with a few hundred models each; above it, the one that was fetched first is forgotten."""

_CANDIDATES: Final = 20

Source = Literal["live", "catalogue"]


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The models of a provider.

    ``source`` is ``live`` for a list of the provider's own, whenever it was fetched, and ``catalogue`` for the one that
    comes with this version. ``stale`` is a list that is given because the provider failed, for the reason in
    ``problem``, and ``cached`` one that was fetched for an earlier request, ``age_seconds`` ago.
    """

    provider: str
    source: Source
    models: tuple[ModelInfo, ...]
    stale: bool = False
    fetched_at: datetime | None = None
    age_seconds: int | None = None
    cached: bool = False
    problem: str | None = None

    def find(self, model: str) -> ModelInfo | None:
        """The model of that id; for one with OpenRouter's word for how it is routed (``:nitro``), the model itself."""
        by_id = {info.id: info for info in self.models}
        return by_id.get(model) or by_id.get(read_routed(model) or "")


class ModelFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which models are asked for; None: any. All words of ``text`` must be in the id or the name.

    ``max_price`` is US dollars per million input tokens: models without a known price are left out then.
    """

    capability: str | None = None
    text: str | None = None
    max_price: Decimal | None = None
    min_context: int | None = None

    def lets_through(self, model: ModelInfo) -> bool:
        """Whether ``model`` is asked for."""
        if self.capability is not None and self.capability not in model.capabilities:
            return False
        if self.min_context is not None and (model.context_length or 0) < self.min_context:
            return False
        if self.max_price is not None:
            price = (model.price or {}).get("prompt")
            if price is None or Decimal(price) * 1_000_000 > self.max_price:
                return False
        said = f"{model.id} {model.name}".lower()
        return all(word in said for word in (self.text or "").lower().split())


class FoundModels(msgspec.Struct, frozen=True):
    """A page of a list, and how many models the filter lets through in all."""

    listing: Listing
    page: Page[ModelInfo]
    total: int


class _Place(msgspec.Struct, frozen=True):
    """Whom to ask: by which configuration (empty: without any), in which state of it."""

    configuration_id: str
    base_url: str
    revision: int


class _Kept(msgspec.Struct):
    asking: asyncio.Task[Listing] | None = None
    asking_revision: int = 0
    listing: Listing | None = None
    revision: int = 0
    until: float = 0.0
    failed: str | None = None
    failed_until: float = 0.0
    base: Url | None = None
    configuration_id: str = ""


class Catalogue:
    """Lists models for whoever may call them.

    A list comes by the key that the workspace shares for the provider, else by one of the actor's configurations, else
    without a key where the provider's list is open to all (OpenRouter's is). Each is remembered for ten minutes;
    several who wait for the same one wait for one answer, and who stops waiting does not stop it.
    """

    def __init__(
        self,
        database: Database,
        reach: Reach,
        provider_models: ProviderModels,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._reach = reach
        self._provider_models = provider_models
        self._now = now
        self._clock = clock
        self._kept: dict[tuple[str, str, str], _Kept] = {}
        provider_models.when_forgotten(self._forget)

    async def search(
        self, actor: Actor, provider_name: str, wanted: ModelFilter, page: PageRequest, *, refresh: bool = False
    ) -> FoundModels:
        """The models that ``wanted`` lets through, by their ids. See :meth:`read` for errors and ``refresh``."""
        listing = await self.read(actor, provider_name, refresh=refresh)
        found = sorted((model for model in listing.models if wanted.lets_through(model)), key=lambda model: model.id)
        after = page.after
        rest = [model for model in found if after is None or model.id > after]
        kept = rest[: page.limit]
        cursor = encode_cursor(kept[-1].id) if len(rest) > len(kept) else None
        return FoundModels(listing, Page(kept, cursor), len(found))

    async def get(self, actor: Actor, provider_name: str, model: str) -> tuple[Listing, ModelInfo]:
        """One model, and the list that it is from. Raises NotFound, which names the nearest ones."""
        listing = await self.read(actor, provider_name)
        found = next((info for info in listing.models if info.id == model), None)
        if found is None:
            near = nearest(model, [info.id for info in listing.models])
            hint = f" Nearest: {', '.join(near)}." if near else ""
            raise NotFound(f"There is no model {model!r} in the list of {listing.provider}.{hint}", code="no_model")
        return listing, found

    async def read(
        self, actor: Actor, provider_name: str, *, patience: float | None = None, refresh: bool = False
    ) -> Listing:
        """The list of a provider; with ``refresh`` asked for anew, although one is remembered.

        When it fails, or takes longer than ``patience`` seconds, the last good list, ``stale``; else what comes with
        this version. Raises NotFound for an unknown provider, and Unavailable when there is neither.
        """
        access.check(actor, "catalogue.read")
        provider = find(provider_name)
        async with self._database.read() as tx:
            row = await self._find_configuration(tx, actor, provider)
            place = _Place("", "", 0) if row is None else _Place(row.id, row.base_url or "", row.revision)
            private = row is None or knows_accounts(actor, row.user_id)
            kept = self._remember((provider.id, place.configuration_id, place.base_url))
            if refresh:
                kept.until = kept.failed_until = 0.0
            if (known := self._fresh(kept, place)) is not None:
                return self._aged(known)
            if kept.failed is not None and kept.failed_until > self._clock():
                return self._fall_back(kept, provider, kept.failed, private)
            try:
                endpoint = await self._open(tx, provider, row)
            except (InvalidInput, CannotOpen, Forbidden) as error:
                return self._fall_back(kept, provider, _explain(error), private)
        if endpoint is None:
            return self._bundled(provider)
        try:
            async with asyncio.timeout(patience):
                # Another one's answer may have come while the endpoint was opened.
                known = self._fresh(kept, place)
                return self._aged(
                    known or await asyncio.shield(self._ask(kept, place, endpoint)), cached=known is not None
                )
        except UpstreamError as error:
            problem = _explain(error)
        except TimeoutError:
            problem = f"{provider.display_name} has not answered yet."
            kept.failed, kept.failed_until = problem, self._clock() + FAILED_SECONDS
        return self._fall_back(kept, provider, problem, private)

    def _ask(self, kept: _Kept, place: _Place, endpoint: Endpoint) -> asyncio.Task[Listing]:
        if kept.asking is None or kept.asking.done() or kept.asking_revision != place.revision:
            kept.asking = asyncio.ensure_future(self._fetch(kept, place, endpoint))
            kept.asking_revision = place.revision
            # It may fail after everybody has stopped waiting for it.
            kept.asking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return kept.asking

    async def _fetch(self, kept: _Kept, place: _Place, endpoint: Endpoint) -> Listing:
        provider = endpoint.provider
        try:
            models = tuple(await list_models(endpoint, self._reach.transport(provider)))
        except UpstreamError as error:
            kept.failed, kept.failed_until = _explain(error), self._clock() + FAILED_SECONDS
            raise
        if not models:
            return self._bundled(provider)
        self._provider_models.learn(endpoint, models)
        kept.listing = Listing(provider=provider.id, source="live", models=models, fetched_at=self._now())
        kept.revision, kept.until, kept.failed = place.revision, self._clock() + FRESH_SECONDS, None
        kept.base, kept.configuration_id = endpoint.base, place.configuration_id
        return kept.listing

    def _fresh(self, kept: _Kept, place: _Place) -> Listing | None:
        fresh = kept.until > self._clock() and kept.revision == place.revision
        return kept.listing if fresh else None

    def _aged(self, listing: Listing, *, cached: bool = True) -> Listing:
        """With its age, where it has one."""
        if listing.fetched_at is None:
            return listing
        age = max(0, round((self._now() - listing.fetched_at).total_seconds()))
        return msgspec.structs.replace(listing, age_seconds=age, cached=cached)

    def _forget(self, configuration_id: str, bases: set[Url]) -> None:
        """Ask anew the next time for what that configuration, or another one of the same server, lists."""
        for kept in self._kept.values():
            if kept.configuration_id == configuration_id or kept.base in bases:
                kept.until = 0.0

    def _fall_back(self, kept: _Kept, provider: Provider, problem: str, private: bool) -> Listing:
        """``private``: whether the asker may see accounts and addresses."""
        problem = problem if private else hide_accounts(problem)
        if kept.listing is not None:
            return msgspec.structs.replace(self._aged(kept.listing), stale=True, problem=problem)
        bundled = self._bundled(provider)
        if not bundled.models:
            raise Unavailable(f"The models of {provider.display_name} are not to be had now: {problem}")
        return msgspec.structs.replace(bundled, stale=True, problem=problem)

    def _bundled(self, provider: Provider) -> Listing:
        return Listing(provider=provider.id, source="catalogue", models=self._provider_models.bundled(provider).models)

    def _remember(self, key: tuple[str, str, str]) -> _Kept:
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= CAPACITY:
                del self._kept[next(iter(self._kept))]
            kept = self._kept[key] = _Kept()
        return kept

    async def _find_configuration(self, tx: Transaction, actor: Actor, provider: Provider) -> Configuration | None:
        lender = await find_workspace_lender(tx, actor.workspace_id, provider.id)
        if lender is not None:
            return lender
        rows = await configurations.list_visible(
            tx,
            actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            provider=provider.id,
            is_active=True,
            limit=_CANDIDATES,
        )
        return next((row for row in rows if row.credential_id is not None or not provider.requires_api_key), None)

    async def _open(self, tx: Transaction, provider: Provider, row: Configuration | None) -> Endpoint | None:
        if row is not None:
            return await self._reach.open(tx, row)
        if provider.in_process or (provider.open_list and provider.base_url is not None):
            return make_endpoint(msgspec.structs.replace(provider, requires_api_key=False), None, None)
        return None


def read_capability(text: str) -> str:
    """A capability as lists name it: ``embedding`` is ``embeddings``."""
    lowered = text.strip().lower()
    return "embeddings" if lowered == "embedding" else lowered


def _explain(error: TrunklineError) -> str:
    if isinstance(error, CannotOpen):
        return "The stored key cannot be opened: enter it again."
    return error.words if isinstance(error, UpstreamError) else error.message
