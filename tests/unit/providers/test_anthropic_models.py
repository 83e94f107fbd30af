from __future__ import annotations

from trunkline.core.secret import Secret
from trunkline.providers import find, make_endpoint
from trunkline.providers.anthropic_models import MAX_PAGES
from trunkline.providers.model_list import list_models

from .fakes import FakeTransport, reply

ENDPOINT = make_endpoint(find("anthropic"), None, Secret("sk-ant-test"))


def entry(model: str, **more: object) -> dict:
    return {"type": "model", "id": model, "display_name": model.title(), "created_at": "2025-09-29T00:00:00Z", **more}


async def test_reads_every_page() -> None:
    transport = FakeTransport(
        reply({"data": [entry("a"), entry("b")], "has_more": True, "last_id": "b c"}),
        reply({"data": [entry("d")], "has_more": False, "last_id": "d"}),
    )
    assert [model.id for model in await list_models(ENDPOINT, transport)] == ["a", "b", "d"]
    assert transport.targets == ["/v1/models?limit=1000", "/v1/models?limit=1000&after_id=b%20c"]
    assert ("x-api-key", "sk-ant-test") in transport.requests[0].headers


async def test_reads_limits_and_capabilities() -> None:
    said = {"image_input": {"supported": True}, "thinking": {"supported": True}, "structured_outputs": None}
    facts = entry("claude-x", max_input_tokens=200_000, max_tokens=64_000, capabilities=said)
    (model,) = await list_models(ENDPOINT, FakeTransport(reply({"data": [facts]})))
    assert model.name == "Claude-X"
    assert (model.context_length, model.max_output_tokens) == (200_000, 64_000)
    assert model.capabilities == ("text", "tools", "vision", "reasoning")
    assert model.created == 1_759_104_000


async def test_what_is_unknown_is_left_open() -> None:
    answer = {"data": [{"id": "m", "created_at": "yesterday"}, {"id": "old", "lifecycle": "retired"}, {}]}
    (model,) = await list_models(ENDPOINT, FakeTransport(reply(answer)))
    assert (model.id, model.name, model.created, model.context_length) == ("m", "m", None, None)


async def test_pages_that_never_end_end() -> None:
    same = [reply({"data": [entry("a")], "has_more": True, "last_id": "a"}) for _ in range(3)]
    transport = FakeTransport(*same)
    await list_models(ENDPOINT, transport)
    assert len(transport.requests) == 2
    endless = [reply({"data": [], "has_more": True, "last_id": f"{n}"}) for n in range(MAX_PAGES + 5)]
    transport = FakeTransport(*endless)
    await list_models(ENDPOINT, transport)
    assert len(transport.requests) == MAX_PAGES
