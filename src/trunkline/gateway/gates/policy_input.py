"""A call on its way to a candidate, as policies look at it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.errors import InvalidInput
from trunkline.core.policy import Content, PolicyInput
from trunkline.core.price import Price
from trunkline.core.price_override import apply_overrides
from trunkline.gateway.prices import Prices
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry
from trunkline.providers.base_url import read_base_url
from trunkline.providers.defaults import compile_defaults
from trunkline.providers.provider import Provider


def make_policy_input(
    candidate: Candidate, content: Content, providers: Mapping[str, Provider], prices: Prices, at: int = 0
) -> PolicyInput:
    """The call as it would arrive: what it leaves open is filled as its feature and configuration say.

    Its cost is that of the input by our own count and of all the output that it allows; where nothing limits the
    output, of the input alone. Its prices are what its workspace pays ``at`` that moment (microseconds since the
    epoch).
    """
    entry = candidate.entry
    provider = providers.get(entry.provider)
    if content.output_limit is None:
        content = _limit(content, candidate, provider)

    def find(provider: Provider, model: str) -> Price | None:
        return apply_overrides(prices.find(provider, model), candidate.part.prices, provider.id, model, at)

    price = find(provider, candidate.model) if provider is not None else None
    paid = [entry.is_paid if entry.is_paid is not None else _costs(price)]
    if provider is not None:
        paid += [_costs(find(provider, model)) for model in content.models]
    cost = None
    if price is not None and price.by_tokens:
        output = (content.output_limit or 0) * content.answers
        cost = price.cost(Usage(input=content.input_tokens, output=output, images=content.images))
    return PolicyInput(
        provider=entry.provider,
        model=candidate.model.strip().removeprefix("models/"),
        paid=True if True in paid else None if None in paid else False,
        cost_nanos=cost,
        content=content,
    )


def _costs(price: Price | None) -> bool | None:
    return None if price is None else not price.free


def _limit(content: Content, candidate: Candidate, provider: Provider | None) -> Content:
    said = candidate.feature.parameters.get("maxTokens") if candidate.feature is not None else None
    if said is None and provider is not None:
        said = compile_defaults(provider, candidate.entry.parameters).sampling.max_tokens
    return content if not isinstance(said, int) else msgspec.structs.replace(content, output_limit=said)


def find_host(entry: ConfigurationEntry, providers: Mapping[str, Provider]) -> str:
    """The host that serves ``entry``; empty where that cannot be told."""
    provider = providers.get(entry.provider)
    if provider is None:
        return ""
    try:
        return read_base_url(provider, entry.base_url, entry.parameters).origin.host
    except InvalidInput:
        return ""
