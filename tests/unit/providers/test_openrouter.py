from __future__ import annotations

import pytest

from trunkline.core.errors import UpstreamError
from trunkline.core.secret import Secret
from trunkline.providers import find, make_endpoint
from trunkline.providers.model_list import list_models
from trunkline.providers.openrouter import KeyInfo, check_key

from .fakes import FakeTransport, reply

ENDPOINT = make_endpoint(find("openrouter"), None, Secret("sk-or-v1-test"))

MODEL = {
    "id": "openai/gpt-4o-mini",
    "canonical_slug": "openai/gpt-4o-mini-2024-07-18",
    "name": "OpenAI: GPT-4o-mini",
    "created": 1721260800,
    "description": "Small.",
    "context_length": 128000,
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"], "tokenizer": "GPT"},
    "pricing": {"prompt": "0.00000015", "completion": "0.0000006", "request": "0", "image": "-1"},
    "top_provider": {"context_length": 128000, "max_completion_tokens": 16384, "is_moderated": True},
    "supported_parameters": ["tools", "temperature"],
}


async def test_reads_price_limits_and_modalities() -> None:
    transport = FakeTransport(reply({"data": [MODEL]}))
    (model,) = await list_models(ENDPOINT, transport)
    assert transport.targets == ["/api/v1/models?output_modalities=all"]
    assert (model.id, model.name, model.owned_by) == ("openai/gpt-4o-mini", "OpenAI: GPT-4o-mini", "openai")
    assert (model.context_length, model.max_output_tokens) == (128_000, 16_384)
    assert model.capabilities == ("text", "vision", "tools")
    assert model.price == {"prompt": "0.00000015", "completion": "0.0000006", "request": "0"}
    assert model.version == "openai/gpt-4o-mini-2024-07-18"


@pytest.mark.parametrize(
    "pricing",
    [{"prompt": "-1", "completion": "-1"}, {"prompt": "1"}, {}, None, {"prompt": "x", "completion": "NaN"}, "free"],
)
async def test_a_price_that_is_not_known_is_none(pricing: object) -> None:
    (model,) = await list_models(ENDPOINT, FakeTransport(reply({"data": [{**MODEL, "pricing": pricing}]})))
    assert model.price is None


async def test_prices_are_plain_decimals() -> None:
    pricing = {"prompt": 1.5e-07, "completion": "6E-7"}
    (model,) = await list_models(ENDPOINT, FakeTransport(reply({"data": [{**MODEL, "pricing": pricing}]})))
    assert model.price == {"prompt": "0.00000015", "completion": "0.0000006"}


async def test_falls_back_to_the_plain_list() -> None:
    transport = FakeTransport(reply({"error": {"message": "unknown filter"}}, 400), reply({"data": [MODEL]}))
    assert len(await list_models(ENDPOINT, transport)) == 1
    assert transport.targets[1] == "/api/v1/models"


async def test_other_failures_are_not_hidden() -> None:
    with pytest.raises(UpstreamError) as caught:
        await list_models(ENDPOINT, FakeTransport(reply({"error": {"message": "down", "code": 502}}, 502)))
    assert caught.value.status == 502


async def test_a_good_key_tells_of_its_limits() -> None:
    data = {"label": "sk-or-…abc", "usage": 1.5, "limit": None, "limit_remaining": None, "is_free_tier": False}
    transport = FakeTransport(reply({"data": data}))
    assert await check_key(ENDPOINT, transport) == KeyInfo(label="sk-or-…abc", usage=1.5, is_free_tier=False)
    assert transport.targets == ["/api/v1/key"]


async def test_a_bad_key_is_refused() -> None:
    with pytest.raises(UpstreamError) as caught:
        await check_key(ENDPOINT, FakeTransport(reply({"error": {"message": "No auth", "code": 401}}, 401)))
    assert caught.value.kind == "auth"


async def test_an_answer_that_tells_nothing_is_malformed() -> None:
    with pytest.raises(UpstreamError, match="told nothing"):
        await check_key(ENDPOINT, FakeTransport(reply({"ok": True})))
