"""Lists of models: live from the provider where a configuration can ask it, else from the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec

from trunkline.control.configurations.lookup import find_visible
from trunkline.control.configurations.reach import Reach
from trunkline.control.prices.listed_model import ListedModel
from trunkline.control.prices.listed_price import Figure, ListedPrice, TieredFigure
from trunkline.control.prices.prices import PriceBook
from trunkline.control.request_context import current_request_context
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen, Forbidden, InvalidInput, TrunklineError, UpstreamError
from trunkline.core.model_traits import ABILITIES, ModelTraits
from trunkline.core.price import NANOS_PER_USD, Price, Rate
from trunkline.gateway.disclosure import Disclosure
from trunkline.outbound.url import Url
from trunkline.providers.base_url import read_base_url
from trunkline.providers.check import is_listed
from trunkline.providers.endpoint import Endpoint, make_endpoint
from trunkline.providers.model_info import ModelInfo, guess_capabilities
from trunkline.providers.model_list import list_models
from trunkline.providers.nearest import nearest
from trunkline.providers.openrouter import read_maker
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find
from trunkline.providers.schema import MAX_OUTPUT
from trunkline.storage import configurations, workspaces
from trunkline.storage.database import Database

FRESH_SECONDS: Final = 600.0
CAPACITY: Final = 1000
"""Lists that are remembered; above it, all are forgotten."""

CANDIDATES: Final = 20
"""Configurations of a provider that are looked at to find one that can be asked."""


class ModelListing(msgspec.Struct, frozen=True, kw_only=True):
    """The models of a provider. ``problem`` says why a live list was not to be had, where one was asked for.

    ``cached``: it was fetched for an earlier request, ``age_seconds`` ago. ``stale``: it is the last one that is known,
    as the provider fails now. ``available``: whether it has the model of the configuration that was named, with the
    ``nearest`` ones if not; None where none was named, it has no model of its own, or the list is not live.
    """

    provider: str
    source: Literal["live", "catalogue"]
    models: tuple[ModelInfo, ...]
    problem: str | None = None
    fetched_at: datetime | None = None
    age_seconds: int | None = None
    cached: bool = False
    stale: bool = False
    available: bool | None = None
    nearest: tuple[str, ...] = ()


class _Kept(msgspec.Struct, frozen=True):
    """A list as it was fetched. ``base`` is the address that gave it, ``state`` that of the workspace at the time."""

    models: tuple[ModelInfo, ...]
    fetched: float
    fetched_at: datetime
    base: Url
    state: int


class ProviderModels:
    """Asks providers for their models and remembers the answer for ten minutes, per configuration and revision.

    From lists that come from a provider's own address, not one that a user named, everybody learns: limits of output
    tokens, and OpenRouter's prices.
    """

    def __init__(
        self,
        database: Database,
        reach: Reach,
        prices: PriceBook,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._reach = reach
        self._prices = prices
        self._clock = clock
        self._now = now
        self._lists: dict[tuple[str, int], _Kept] = {}
        self._forgetting: list[Callable[[str, set[Url]], None]] = []
        self._limits: dict[tuple[str, str], int] = {}
        self._windows: dict[tuple[str, str], int] = {}

    def context_window(self, provider: Provider, model: str) -> int | None:
        """How many tokens ``model`` takes, input and output together; None where nobody said."""
        return self._windows.get((provider.id, model)) or self._prices.context_window(provider, model)

    def output_limit(self, provider: Provider, model: str | None) -> int:
        """The most output tokens of ``model``, as the provider's own list said it; 128,000 where none did."""
        return self._limits.get((provider.id, model or ""), MAX_OUTPUT)

    async def list(
        self, actor: Actor, provider_name: str, configuration_id: str | None = None, *, refresh: bool = False
    ) -> ModelListing:
        """The models of a provider: live by that configuration, or by any of the actor's that can be used.

        A provider that does not answer leaves the last list that is known, else the catalogue, with the ``problem``.
        ``refresh`` asks although a list is remembered. Raises NotFound for an unknown provider or configuration,
        InvalidInput for a configuration of another provider.
        """
        access.check(actor, "providers.read")
        provider = find(provider_name)
        if provider.in_process and configuration_id is None:
            endpoint = make_endpoint(provider, None, None)
            models = await list_models(endpoint, self._reach.transport(provider))
            return ModelListing(
                provider=provider.id, source="live", models=tuple(models), fetched_at=self._now(), age_seconds=0
            )
        wanted = configuration_id or await self._find_usable(actor, provider)
        if wanted is None:
            return self.bundled(provider)
        try:
            listing = await self.list_local(actor, wanted, refresh=refresh)
        except (UpstreamError, CannotOpen, Forbidden) as error:
            last = await self._last(actor, wanted) or self.bundled(provider)
            return msgspec.structs.replace(last, problem=_explain(error))
        if listing.provider != provider.id:
            raise InvalidInput.of("configurationId", f"is a configuration of {listing.provider}, not {provider.id}.")
        if not listing.models:
            return self.bundled(provider)
        # Of a configuration that nobody named, nobody wants to know whether its model is there.
        return listing if configuration_id else msgspec.structs.replace(listing, available=None, nearest=())

    async def list_local(self, actor: Actor, configuration_id: str, *, refresh: bool = False) -> ModelListing:
        """The models that one configuration can use, live. Raises NotFound, and UpstreamError as the provider fails."""
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            key = (row.id, row.revision)
            state = 0
            if "pull_model" in find(row.provider).capabilities:
                # What another process has had downloaded or deleted is a change of the workspace.
                state = await workspaces.find_revision(tx, row.workspace_id)
            known = self._lists.get(key)
            if known is not None and not refresh and known.state == state and self._age(known) < FRESH_SECONDS:
                return _judge(self._show(row.provider, known), row.model)
            endpoint = await self._reach.open(tx, row)
        try:
            models = await self.ask(endpoint)
        except UpstreamError as error:
            request_id = current_request_context().request_id or ""
            Disclosure(actor, request_id, endpoint.redaction, owner_id=row.user_id).error(error)
            raise
        if len(self._lists) >= CAPACITY:
            self._lists.clear()
        kept = _Kept(models, self._clock(), self._now(), endpoint.base, state)
        self._lists[key] = kept
        return _judge(msgspec.structs.replace(self._show(row.provider, kept), cached=False), row.model)

    async def ask(self, endpoint: Endpoint) -> tuple[ModelInfo, ...]:
        """The models behind ``endpoint``, with what the catalogue knows of them. Raises UpstreamError."""
        live = await list_models(endpoint, self._reach.transport(endpoint.provider))
        self.learn(endpoint, live)
        return self._complete(endpoint.provider, live)

    def forget(self, configuration_id: str) -> None:
        """Ask anew the next time: its models have changed, and so have those of whatever else points to its server."""
        bases = {kept.base for key, kept in self._lists.items() if key[0] == configuration_id}
        self._forget(configuration_id, bases)

    def forget_address(self, base: Url) -> None:
        """The same of all that points to that address."""
        self._forget("", {base})

    def _forget(self, configuration_id: str, bases: set[Url]) -> None:
        self._lists = {
            key: kept for key, kept in self._lists.items() if key[0] != configuration_id and kept.base not in bases
        }
        for forget in self._forgetting:
            forget(configuration_id, bases)

    def when_forgotten(self, forget: Callable[[str, set[Url]], None]) -> None:
        """Have others who remember lists forget the same ones: called with the configuration and the addresses."""
        self._forgetting.append(forget)

    def _age(self, kept: _Kept) -> float:
        return self._clock() - kept.fetched

    def _show(self, provider: str, kept: _Kept) -> ModelListing:
        return ModelListing(
            provider=provider,
            source="live",
            models=kept.models,
            fetched_at=kept.fetched_at,
            age_seconds=max(0, round(self._age(kept))),
            cached=True,
        )

    async def _last(self, actor: Actor, configuration_id: str) -> ModelListing | None:
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
        kept = self._lists.get((row.id, row.revision))
        return None if kept is None else msgspec.structs.replace(self._show(row.provider, kept), stale=True)

    async def _find_usable(self, actor: Actor, provider: Provider) -> str | None:
        async with self._database.read() as tx:
            rows = await configurations.list_visible(
                tx,
                actor.workspace_id,
                user_id=actor.user_id,
                application_id=actor.application_id,
                provider=provider.id,
                is_active=True,
                limit=CANDIDATES,
            )
        usable = [row for row in rows if row.credential_id is not None or not provider.requires_api_key]
        # One that was tested and works is the best to ask; of equals the newest.
        usable.sort(key=lambda row: ("success", "pending", "failed").index(row.test_status))
        return usable[0].id if usable else None

    def learn(self, endpoint: Endpoint, models: Sequence[ModelInfo]) -> None:
        """Take limits and prices from a list that came from ``endpoint``, if that is the provider's own address."""
        provider = endpoint.provider
        if provider.base_url is None or endpoint.base != read_base_url(provider, None):
            return
        for model in models:
            if model.context_length:
                self._windows[provider.id, model.id] = model.context_length
            if model.max_output_tokens is not None:
                self._limits[provider.id, model.id] = model.max_output_tokens
        self._prices.learn_traits(provider.id, {model.id: _read_traits(provider, model) for model in models})
        if provider.id == "openrouter":
            listed = {model.id: read_price(model.price) for model in models if model.price is not None}
            self._prices.learn(provider.id, {name: price for name, price in listed.items() if price is not None})

    def _complete(self, provider: Provider, live: Iterable[ModelInfo]) -> tuple[ModelInfo, ...]:
        """What a provider lists, with the prices and contexts that it leaves out where the catalogue knows them."""
        known = {model.id: model for model in self.bundled(provider).models}

        def complete(model: ModelInfo) -> ModelInfo:
            facts = known.get(model.id) or known.get(model.id.removeprefix("models/"))
            if facts is None:
                return model
            return msgspec.structs.replace(
                model,
                context_length=model.context_length or facts.context_length,
                price=model.price if model.price is not None else facts.price,
            )

        return tuple(map(complete, live))

    def bundled(self, provider: Provider) -> ModelListing:
        """What is known of a provider's models without asking it."""
        listed = {name: _example(name) for name in provider.example_models}
        listed |= {model.id: _describe(model) for model in self._prices.models(provider)}
        if provider.id == "openrouter":
            listed = {name: msgspec.structs.replace(info, owned_by=read_maker(name)) for name, info in listed.items()}
        return ModelListing(provider=provider.id, source="catalogue", models=tuple(listed.values()))


def _judge(listing: ModelListing, model: str | None) -> ModelListing:
    """The list with what it says of ``model``."""
    ids = [info.id for info in listing.models]
    if not model or not ids:
        return listing
    if is_listed(model, ids):
        return msgspec.structs.replace(listing, available=True)
    return msgspec.structs.replace(listing, available=False, nearest=nearest(model, ids))


def read_price(listed: Mapping[str, str]) -> Price | None:
    """OpenRouter's prices, USD per token or request as text, as ours; None without both main rates.

    https://openrouter.ai/docs/overview/models#pricing-object. Pictures in the input are not priced apart here: what a
    call really cost comes with OpenRouter's answer and wins over any price.
    """
    if "prompt" not in listed or "completion" not in listed:
        return None
    return Price(
        input=_rate(listed["prompt"]),
        output=_rate(listed["completion"]),
        cached=_optional_rate(listed.get("input_cache_read")),
        cache_write=_optional_rate(listed.get("input_cache_write")),
        per_request=int(Decimal(listed.get("request", "0")) * NANOS_PER_USD),
        source="openrouter",
    )


def _read_traits(provider: Provider, model: ModelInfo) -> ModelTraits:
    """What a list says of a model. OpenRouter's says all that a model can do; others leave out what they can, too."""
    can = {*model.capabilities, *(kind for kind in model.input_modalities if kind == "audio")}
    return ModelTraits(
        lacks=frozenset(ABILITIES).difference(can) if provider.id == "openrouter" else frozenset(),
        context_length=model.context_length,
        max_output_tokens=model.max_output_tokens,
    )


def _rate(dollars_per_token: str) -> Rate:
    return Rate(int((Decimal(dollars_per_token) * NANOS_PER_USD * 1_000_000).to_integral_value()))


def _optional_rate(dollars_per_token: str | None) -> Rate | None:
    return None if dollars_per_token is None else _rate(dollars_per_token)


def _example(name: str) -> ModelInfo:
    return ModelInfo(id=name, name=name, capabilities=guess_capabilities(name))


def _describe(model: ListedModel) -> ModelInfo:
    return ModelInfo(
        id=model.id,
        name=model.name or model.id,
        description=model.description,
        context_length=model.context_window,
        capabilities=guess_capabilities(model.id),
        price=_show_price(model.only_price),
    )


def _show_price(price: ListedPrice | None) -> dict[str, str] | None:
    if price is None:
        return None
    rates: Iterable[tuple[str, Figure | None]] = (
        ("prompt", price.input_mtok),
        ("completion", price.output_mtok),
        ("input_cache_read", price.cache_read_mtok),
        ("input_cache_write", price.cache_write_mtok),
    )
    shown: dict[str, str] = {}
    for name, rate in rates:
        if rate is not None:
            base = rate.base if isinstance(rate, TieredFigure) else rate
            shown[name] = f"{(base / 1_000_000).normalize():f}"
    return shown or None


def _explain(error: TrunklineError) -> str:
    if isinstance(error, CannotOpen):
        return "The stored key cannot be opened: enter it again."
    return error.words if isinstance(error, UpstreamError) else error.message
