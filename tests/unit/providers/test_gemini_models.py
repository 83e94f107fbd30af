from __future__ import annotations

from trunkline.core.secret import Secret
from trunkline.providers import find, make_endpoint
from trunkline.providers.model_list import list_models

from .fakes import FakeTransport, reply

ENDPOINT = make_endpoint(find("gemini"), None, Secret("AIza-test"))


async def test_reads_every_page_and_strips_the_prefix() -> None:
    first = {
        "name": "models/gemini-2.5-flash",
        "displayName": "Gemini 2.5 Flash",
        "version": "001",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "thinking": True,
    }
    second = {"name": "models/gemini-embedding-001", "supportedGenerationMethods": ["embedContent"]}
    transport = FakeTransport(
        reply({"models": [first], "nextPageToken": "a=b"}), reply({"models": [second, {"displayName": "no name"}]})
    )
    flash, embedding = await list_models(ENDPOINT, transport)
    assert transport.targets == ["/v1beta/models?pageSize=1000", "/v1beta/models?pageSize=1000&pageToken=a%3Db"]
    assert ("x-goog-api-key", "AIza-test") in transport.requests[0].headers
    assert (flash.id, flash.name, flash.version) == ("gemini-2.5-flash", "Gemini 2.5 Flash", "001")
    assert (flash.context_length, flash.max_output_tokens) == (1_048_576, 65_536)
    assert flash.capabilities == ("text", "reasoning")
    assert embedding.only_embeds


async def test_a_page_that_names_itself_ends() -> None:
    transport = FakeTransport(*(reply({"models": [], "nextPageToken": "t"}) for _ in range(3)))
    assert await list_models(ENDPOINT, transport) == []
    assert len(transport.requests) == 2
