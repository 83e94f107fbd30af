"""The catalogue of models: live, remembered, and the last good one when the provider fails."""

from __future__ import annotations

from typing import Any

from tests.contract.features.conftest import FeatureWorkspace
from tests.contract.features.openrouter import MODELS


async def test_models_are_listed_live_with_what_they_can_and_cost(team: FeatureWorkspace) -> None:
    await team.share()
    answer = await team.member.get("/api/catalogue/models", params={"provider": "openrouter"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["provider"], body["source"], body["stale"], body["total"]) == (
        "openrouter",
        "live",
        False,
        len(MODELS),
    )
    assert body["fetchedAt"].endswith("Z")
    ids = [model["id"] for model in body["models"]]
    assert ids == sorted(model["id"] for model in MODELS)
    mini = next(model for model in body["models"] if model["id"] == "openai/gpt-4o-mini")
    assert mini == {
        "id": "openai/gpt-4o-mini",
        "name": "OpenAI: GPT-4o-mini",
        "provider": "openai",
        "description": "A model.",
        "capabilities": ["text", "vision", "tools"],
        "pricing": {"prompt": "0.00000015", "completion": "0.0000006"},
        "contextLength": 128000,
        "maxCompletionTokens": 16384,
        "version": "openai/gpt-4o-mini-2024-07-18",
        "inputModalities": ["text", "image"],
        "outputModalities": ["text"],
        "supportedParameters": ["tools", "temperature"],
        "created": 1721260800,
    }
    auto = next(model for model in body["models"] if model["id"] == "openrouter/auto")
    assert auto["pricing"] is None
    await team.member.get("/api/catalogue/models")
    assert team.openrouter.count("/models") == 1


async def test_models_are_filtered_and_paged(team: FeatureWorkspace) -> None:
    await team.share()

    async def ids(**params: Any) -> list[str]:
        answer = await team.member.get("/api/catalogue/models", params=params)
        assert answer.status_code == 200, answer.text
        return [model["id"] for model in answer.json()["models"]]

    assert await ids(capability="image") == ["black-forest-labs/flux.2-pro", "google/gemini-2.5-flash-image"]
    assert await ids(capability="embedding") == ["openai/text-embedding-3-small"]
    assert await ids(capability="vision") == ["openai/gpt-4o-mini"]
    assert await ids(q="claude son") == ["anthropic/claude-sonnet-4.5"]
    assert await ids(q="nano BANANA") == ["google/gemini-2.5-flash-image"]
    assert await ids(q="gpt", maxPrice="0.15") == ["openai/gpt-4o-mini"]
    assert await ids(q="gpt", maxPrice="0.1") == []
    assert await ids(minContext=200000) == ["anthropic/claude-haiku-4.5", "anthropic/claude-sonnet-4.5"]
    first = await team.member.get("/api/catalogue/models?limit=4&q=o")
    path = first.headers["link"].split(">")[0][1:]
    second = await team.member.get(path)
    listed = [model["id"] for page in (first, second) for model in page.json()["models"]]
    assert listed == (await ids(q="o"))[:8]
    assert first.json()["total"] == len(await ids(q="o"))
    for wrong in ("limit=0", "maxPrice=-1", "maxPrice=x", "minContext=x", "cursor=%21"):
        assert (await team.member.get(f"/api/catalogue/models?{wrong}")).status_code == 400, wrong


async def test_one_model_is_found_by_its_id_and_a_wrong_id_names_the_nearest(team: FeatureWorkspace) -> None:
    await team.share()
    found = await team.member.get("/api/catalogue/models/openai/gpt-4o-mini")
    assert found.json()["model"]["name"] == "OpenAI: GPT-4o-mini"
    missing = await team.member.get("/api/catalogue/models/openai/gpt-4o-nano")
    assert missing.status_code == 404
    assert "openai/gpt-4o-mini" in missing.json()["message"]
    assert (await team.member.get("/api/catalogue/models?provider=nobody")).status_code == 404


async def test_a_provider_that_fails_leaves_the_last_good_list(team: FeatureWorkspace) -> None:
    configuration = await team.share()
    before = (await team.member.get("/api/catalogue/models")).json()
    # A change of the configuration makes the list be asked for anew.
    team.openrouter.down = True
    changed = await team.admin.put(f"/api/configurations/{configuration}", json={"name": "Renamed"})
    assert changed.status_code == 200
    stale = (await team.member.get("/api/catalogue/models")).json()
    assert (stale["stale"], stale["source"]) == (True, "live")
    assert stale["problem"]
    assert stale["models"] == before["models"]
    assert stale["fetchedAt"] == before["fetchedAt"]
    team.openrouter.down = False


async def test_without_any_good_list_the_bundled_one_is_given(team: FeatureWorkspace) -> None:
    team.openrouter.down = True
    await team.share()
    body = (await team.member.get("/api/catalogue/models")).json()
    assert (body["source"], body["stale"], body["fetchedAt"]) == ("catalogue", True, None)
    model = (await team.member.get("/api/catalogue/models/openai/gpt-4o-mini")).json()["model"]
    assert model["provider"] == "openai"
    # What is not known to be live is neither there nor gone.
    assert (await team.get())["available"] is None


async def test_other_providers_have_their_own_lists(team: FeatureWorkspace) -> None:
    demo = (await team.member.get("/api/catalogue/models?provider=demo")).json()
    assert demo["source"] == "live"
    assert "demo-chat" in [model["id"] for model in demo["models"]]
    openai = (await team.member.get("/api/catalogue/models?provider=openai")).json()
    assert (openai["source"], openai["stale"]) == ("catalogue", False)
    assert openai["models"]
    key = await team.person.make_key(team.workspace)
    assert (await team.live.client(key["key"]).get("/api/catalogue/models?provider=demo")).status_code == 200
