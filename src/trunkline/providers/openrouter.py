"""What OpenRouter alone offers: a list with prices, which needs no key, and a look at the key itself."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import UpstreamError
from trunkline.outbound.transport import Transport
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.exchange import ask
from trunkline.providers.model_info import ModelInfo, first_int, first_text, member, objects, texts

_FEATURES: Final = {
    "tools": "tools",
    "reasoning": "reasoning",
    "structured_outputs": "structured_outputs",
}

_LISTED_VARIANTS: Final = frozenset({"batch", "extended", "free", "thinking"})


class KeyInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What OpenRouter tells of a key. Amounts are in credits, which are US dollars; ``limit`` None is unlimited."""

    label: str | None = None
    usage: float | None = None
    limit: float | None = None
    limit_remaining: float | None = None
    is_free_tier: bool | None = None
    expires_at: str | None = None


async def check_key(endpoint: Endpoint, transport: Transport) -> KeyInfo:
    """Ask about the endpoint's own key: https://openrouter.ai/docs/api-reference/limits

    Raises UpstreamError, of kind ``auth`` when the key is refused.
    """
    answer = await ask(endpoint, transport, endpoint.below("/key"))
    data = member(answer, "data")
    if not isinstance(data, dict):
        raise UpstreamError(
            "OpenRouter told nothing of the key. Check the base URL.", kind="malformed", provider=endpoint.provider.id
        )
    free = data.get("is_free_tier")
    return KeyInfo(
        label=first_text(data, "label"),
        usage=_amount(data, "usage"),
        limit=_amount(data, "limit"),
        limit_remaining=_amount(data, "limit_remaining"),
        is_free_tier=free if isinstance(free, bool) else None,
        expires_at=first_text(data, "expires_at"),
    )


async def list_openrouter_models(endpoint: Endpoint, transport: Transport) -> list[ModelInfo]:
    """Every model of every modality: https://openrouter.ai/docs/overview/models

    Where the filter is not known (a proxy, an older instance: 400, 404, 422), the plain list.
    """
    models = endpoint.models()
    try:
        answer = await ask(endpoint, transport, endpoint.below("/models?output_modalities=all"))
    except UpstreamError as error:
        if error.status not in (400, 404, 422):
            raise
        answer = await ask(endpoint, transport, models)
    return [model for entry in objects(member(answer, "data")) if (model := _read(entry)) is not None]


def read_maker(model_id: str) -> str | None:
    """Who makes a model, by its id: ``openai`` of ``openai/gpt-4o``."""
    maker, slash, _ = model_id.partition("/")
    return maker if slash else None


def read_routed(model_id: str) -> str | None:
    """The model that a routing variant asks for: ``openai/gpt-4o`` of ``openai/gpt-4o:nitro``; None for what is none.

    Lists do not name those, and they go with every model. Other variants are models of their own, and listed where they
    exist: https://openrouter.ai/docs/guides/routing/model-variants/overview
    """
    model, _, variant = model_id.rpartition(":")
    return model if model and variant not in _LISTED_VARIANTS else None


def _read(entry: JsonObject) -> ModelInfo | None:
    if (model_id := first_text(entry, "id")) is None:
        return None
    architecture = entry.get("architecture")
    inputs = texts(member(architecture, "input_modalities"))
    outputs = texts(member(architecture, "output_modalities")) or ("text",)
    features = texts(entry.get("supported_parameters"))
    top = entry.get("top_provider")
    top = top if isinstance(top, dict) else {}
    capabilities = [*outputs, *(["vision"] if "image" in inputs else [])]
    capabilities += [name for feature, name in _FEATURES.items() if feature in features]
    return ModelInfo(
        id=model_id,
        name=first_text(entry, "name") or model_id,
        owned_by=read_maker(model_id),
        description=first_text(entry, "description"),
        context_length=first_int(entry, "context_length") or first_int(top, "context_length"),
        max_output_tokens=first_int(top, "max_completion_tokens"),
        input_modalities=inputs,
        output_modalities=outputs,
        capabilities=tuple(dict.fromkeys(capabilities)),
        price=_read_price(entry.get("pricing")),
        created=first_int(entry, "created"),
        version=first_text(entry, "canonical_slug"),
        details={"supported_parameters": list(features), "is_moderated": top.get("is_moderated")},
    )


def _read_price(pricing: JsonValue) -> dict[str, str] | None:
    """Decimal text per unit. A negative price stands for one that is only known afterwards (``openrouter/auto``)."""
    price: dict[str, str] = {}
    for name, value in pricing.items() if isinstance(pricing, dict) else ():
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                amount = Decimal(str(value))
            except InvalidOperation:
                continue
            if amount.is_finite() and amount >= 0:
                price[name] = format(amount, "f")
    return price if "prompt" in price and "completion" in price else None


def _amount(data: JsonObject, name: str) -> float | None:
    value = data.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
