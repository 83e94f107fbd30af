"""Features: their settings, who sees and changes them, and their history."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.contract.features.conftest import FeatureWorkspace
from tests.contract.features.openrouter import KEY

STARTING = ["chat-assistant", "code-generator", "summarizer", "image-generator", "embeddings"]


async def test_every_workspace_starts_with_five(team_on_each: FeatureWorkspace) -> None:
    await team_on_each.share()
    listed = (await team_on_each.admin.get("/api/features")).json()
    assert [feature["slug"] for feature in listed] == STARTING
    assert [feature["model"] for feature in listed] == [
        "openai/gpt-4o-mini",
        "anthropic/claude-3.5-sonnet",
        "google/gemma-2-27b-it",
        "google/gemini-2.5-flash-image",
        "openai/text-embedding-3-small",
    ]
    assert [feature["kind"] for feature in listed] == ["chat", "code", "summarizer", "image", "embeddings"]
    first = listed[0]
    assert first["modelInfo"]["name"] == "OpenAI: GPT-4o-mini"
    assert first["modelInfo"]["version"] == "openai/gpt-4o-mini-2024-07-18"
    assert first["available"] is True
    assert first["hasApiKey"] is False
    assert first["keySource"] == "workspace"
    assert first["revision"] == 0
    assert first["temperature"] is None


async def test_features_in_pages(team: FeatureWorkspace) -> None:
    made = await team.admin.post("/api/features", json={"slug": "own", "name": "Own", "kind": "chat", "model": "m"})
    assert made.status_code == 201, made.text
    first = await team.admin.get("/api/features", params={"limit": 4})
    rest = await team.admin.get(first.links["next"]["url"])
    assert [each["slug"] for each in [*first.json(), *rest.json()]] == [*STARTING, "own"]
    assert (len(first.json()), "Link" in rest.headers) == (4, False)
    wrong = await team.admin.get("/api/features", params={"cursor": "bm9uZQ"})
    assert (wrong.status_code, "cursor" in wrong.text) == (400, True)


async def test_a_change_is_saved_and_answers_with_its_etag(team_on_each: FeatureWorkspace) -> None:
    await team_on_each.share()
    settings = {
        "name": "Helper",
        "model": "openai/gpt-4o",
        "systemPrompt": "Be brief.",
        "temperature": 0.3,
        "topP": 0.9,
        "maxTokens": 500,
        "presencePenalty": -1.5,
        "frequencyPenalty": 2,
        "siteUrl": "https://shop.example",
        "siteName": "Shop",
        "customParameters": {"stream": True, "response_format": {"type": "json_object"}, "seed": 7},
    }
    answer = await team_on_each.admin.put("/api/features/chat-assistant", json=settings)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"1"'
    shown = await team_on_each.get()
    assert {name: shown[name] for name in settings} == settings
    assert shown["revision"] == 1
    # What came may go back, read-only fields and all.
    again = await team_on_each.admin.put("/api/features/chat-assistant", json=shown)
    assert again.status_code == 200, again.text
    assert again.json()["revision"] == 1
    cleared = await team_on_each.put(temperature=None, customParameters=None)
    assert cleared["temperature"] is None
    assert cleared["customParameters"] == {}
    assert cleared["topP"] == 0.9


async def test_members_see_models_and_no_settings(team: FeatureWorkspace) -> None:
    await team.share()
    await team.put(systemPrompt="Never say the word plum.", temperature=0.25)
    for path in ("/api/features", "/api/features/chat-assistant"):
        answer = await team.member.get(path)
        assert answer.status_code == 200
        shown = answer.json()[0] if isinstance(answer.json(), list) else answer.json()
        assert set(shown) == {
            "slug",
            "name",
            "kind",
            "builtIn",
            "model",
            "servingModel",
            "modelInfo",
            "available",
            "nearest",
            "ready",
        }
        assert shown["model"] == "openai/gpt-4o-mini"
        assert "plum" not in answer.text
    calls = [
        ("PUT", "/api/features/chat-assistant", {"temperature": 1}),
        ("POST", "/api/features", {"slug": "own", "name": "Own", "model": "openai/gpt-4o"}),
        ("DELETE", "/api/features/chat-assistant", None),
        ("POST", "/api/features/chat-assistant/reset", None),
        ("POST", "/api/features/chat-assistant/validate-key", {}),
        ("POST", "/api/features/chat-assistant/test", {"input": "hi"}),
        ("GET", "/api/features/chat-assistant/revisions", None),
        ("POST", "/api/features/chat-assistant/revisions/1/revert", None),
    ]
    for method, path, body in calls:
        answer = await team.member.request(method, path, json=body)
        assert answer.status_code == 403, (method, path, answer.text)
    assert (await team.get())["temperature"] == 0.25


async def test_an_applications_key_runs_features_and_changes_none(team: FeatureWorkspace) -> None:
    await team.share()
    made = await team.admin.post("/api/applications", json={"name": "Site"})
    key = await team.person.make_key(team.workspace, scope="manage", applicationId=made.json()["id"])
    client = team.live.client(key["key"])
    shown = await client.get("/api/features/chat-assistant")
    assert shown.status_code == 200
    assert "systemPrompt" not in shown.json()
    assert (await client.put("/api/features/chat-assistant", json={"topP": 1})).status_code == 403
    assert (await client.post("/api/features/chat-assistant/run", json={"input": "hi"})).status_code == 200


async def test_a_workspaces_features_are_its_own(team: FeatureWorkspace) -> None:
    await team.put(systemPrompt="Ours.")
    made = await team.admin.post("/api/features", json={"slug": "own", "name": "Own", "model": "openai/gpt-4o"})
    assert made.status_code == 201
    elsewhere = team.person.client
    assert (await elsewhere.get("/api/features/own")).status_code == 404
    assert (await elsewhere.put("/api/features/own", json={"topP": 1})).status_code == 404
    assert (await elsewhere.delete("/api/features/own")).status_code == 404
    assert (await elsewhere.get("/api/features/chat-assistant")).json()["systemPrompt"] != "Ours."
    stranger = team.member_person.client
    assert (await stranger.post("/api/features/own/run", json={"input": "hi"})).status_code == 404


async def test_settings_outside_their_ranges_name_the_field(team: FeatureWorkspace) -> None:
    await team.share()
    wrong = {
        "temperature": [-0.01, 1.01, "0.5", True],
        "topP": [-0.1, 1.1],
        "maxTokens": [0, 1.5, 16385, 2**31],
        "presencePenalty": [-2.1, 2.1],
        "frequencyPenalty": [-2.1, 2.1],
        "siteUrl": ["shop.example", "ftp://shop.example", "https://shop.example\r\nX-A: b", "", 5],
        "siteName": ["Größe", "two\nlines", ""],
        "model": ["x" * 256, "two\nlines"],
        "systemPrompt": ["x" * 100_001, 5],
        "apiKey": ["", "with spaces in it", "sk-or-…cdef", "tl1.not.sealed"],
        "target": ["nothing-of-that-name"],
        "baseUrl": ["ftp://example.com", team.openrouter.url],
        "nonsense": [1],
    }
    for field, values in wrong.items():
        for value in values:
            answer = await team.admin.put("/api/features/chat-assistant", json={field: value})
            assert answer.status_code == 400, (field, value, answer.text)
            assert answer.json()["errors"][0]["field"] == field, (field, value, answer.text)
    edges: dict[str, list[Any]] = {
        "temperature": [0, 1],
        "topP": [0, 1],
        "maxTokens": [1, 16384],
        "presencePenalty": [-2, 2],
    }
    for field, values in edges.items():
        for value in values:
            assert (await team.put(**{field: value}))[field] == value
    assert (await team.get())["revision"] == 8


async def test_custom_parameters_hold_no_credentials_and_choose_no_model(team: FeatureWorkspace) -> None:
    wrong = {
        "model": "openai/o1",
        "Model": "openai/o1",
        "models": ["a", "b"],
        "messages": [],
        "api_key": "x",
        "API-Key": "x",
        "apiKey": "x",
        "Authorization": "Bearer x",
        "headers": {"x": "y"},
        "temperature": 1.9,
        "max_tokens": 5,
        "top_p": 1,
        "presence_penalty": 1,
        "response_format": 5,
        "stream": "yes",
    }
    for name, value in wrong.items():
        answer = await team.admin.put("/api/features/summarizer", json={"customParameters": {name: value}})
        assert answer.status_code == 400, (name, answer.text)
        assert answer.json()["errors"][0]["field"].startswith(f"customParameters.{name}"), answer.text
    nested = [
        {"provider": {"Authorization": "Bearer abc"}},
        {"plugins": [{"id": "web", "api-key": "x"}]},
        {"provider": {"options": [{"x": "sk-or-v1-0123456789abcdef0123456789abcdef"}]}},
        {"provider": {"model": "openai/o1"}},
    ]
    for custom in nested:
        answer = await team.admin.put("/api/features/summarizer", json={"customParameters": custom})
        assert answer.status_code == 400, (custom, answer.text)
        assert "sk-or" not in answer.text
    schema = {"type": "object", "properties": {"model": {"type": "string"}, "password": {"type": "string"}}}
    good = {
        "stream": True,
        "response_format": {"type": "json_schema", "json_schema": {"name": "car", "schema": schema}},
        "provider": {"order": ["openai"], "allow_fallbacks": False},
        "plugins": [{"id": "web", "max_results": 3}],
        "seed": 7,
        "transforms": ["middle-out"],
    }
    assert (await team.put("summarizer", customParameters=good))["customParameters"] == good
    assert (await team.get("summarizer"))["revision"] == 1


async def test_a_model_that_is_not_listed_is_shown_as_unavailable_with_the_nearest(team: FeatureWorkspace) -> None:
    await team.share()
    shown = await team.get("code-generator")
    assert shown["available"] is False
    assert shown["nearest"][0] == "anthropic/claude-sonnet-4.5"
    assert shown["ready"] is True
    gone = await team.put("image-generator", model="google/gemini-2.0-flash-image", maxTokens=100_000)
    assert gone["available"] is False
    assert gone["nearest"][0] == "google/gemini-2.5-flash-image"
    assert "openai/gpt-4o" not in gone["nearest"]
    # A way of routing goes with every model; what is a model of its own is listed where it exists.
    routed = await team.put("image-generator", model="openai/gpt-4o-mini:nitro", maxTokens=None)
    assert (routed["available"], routed["modelInfo"]["id"]) == (True, "openai/gpt-4o-mini")
    free = await team.put("image-generator", model="openai/gpt-4o-mini:free")
    assert (free["available"], free["modelInfo"]) == (False, None)


async def test_without_openrouter_features_are_shown_as_not_ready(team: FeatureWorkspace) -> None:
    shown = await team.get()
    assert shown["ready"] is False
    assert shown["keySource"] == "none"
    assert "OpenRouter" in shown["problem"]
    refused = await team.member.post("/api/features/chat-assistant/run", json={"input": "hi"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "NO_KEY"
    assert "administrator" in refused.json()["message"]


async def test_own_features_are_made_reset_and_deleted(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    await team.share()
    body = {"slug": "poet", "name": "Poet", "kind": "chat", "model": "openai/gpt-4o", "systemPrompt": "Rhyme."}
    made = await team.admin.post("/api/features", json=body)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == "/api/features/poet"
    assert made.json()["builtIn"] is False
    for slug in ("poet", "chat-assistant"):
        taken = await team.admin.post("/api/features", json={**body, "slug": slug})
        assert taken.status_code == 409, taken.text
    for slug in ("", "Poet", "a b", "-a", "a/b", "x" * 65):
        assert (await team.admin.post("/api/features", json={**body, "slug": slug})).status_code == 400, slug
    assert (await team.admin.post("/api/features", json={"slug": "x", "name": "X"})).status_code == 400
    await team.put("poet", systemPrompt="Do not rhyme.", temperature=1)
    reset = await team.admin.post("/api/features/poet/reset")
    assert reset.json()["systemPrompt"] == "Rhyme."
    assert reset.json()["temperature"] is None
    assert reset.json()["revision"] == 3
    assert [feature["slug"] for feature in (await team.admin.get("/api/features")).json()] == [*STARTING, "poet"]
    kept = await team.admin.delete("/api/features/chat-assistant")
    assert kept.status_code == 409
    assert "reset" in kept.json()["message"]
    assert (await team.admin.delete("/api/features/poet", headers={"If-Match": '"1"'})).status_code == 412
    assert (await team.admin.delete("/api/features/poet")).json() == {"success": True}
    assert (await team.admin.get("/api/features/poet")).status_code == 404


async def test_reset_gives_the_defaults_and_history_can_be_gone_back_to(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    await team.share()
    first = await team.put(systemPrompt="One.", temperature=0.1, reason="Try one")
    await team.put(systemPrompt="Two.", topP=0.5, model="openai/gpt-4o")
    reset = (await team.admin.post("/api/features/chat-assistant/reset")).json()
    assert reset["systemPrompt"].startswith("You are a helpful assistant.")
    assert (reset["temperature"], reset["topP"], reset["model"]) == (None, None, "openai/gpt-4o-mini")
    listed = await team.admin.get("/api/features/chat-assistant/revisions?limit=2")
    assert [item["number"] for item in listed.json()] == [3, 2]
    assert listed.json()[0]["reason"] == "Reset to the defaults"
    older = (await team.admin.get(listed.headers["link"].split(">")[0][1:])).json()
    assert older[0]["reason"] == "Try one"
    assert {"path": "systemPrompt", "before": None, "after": "One."} in older[0]["diff"]
    back = await team.admin.post(
        "/api/features/chat-assistant/revisions/1/revert", headers={"If-Match": '"3"'}, json={"reason": "Better"}
    )
    assert back.status_code == 200, back.text
    assert back.json()["systemPrompt"] == first["systemPrompt"]
    assert back.json()["temperature"] == 0.1
    assert back.json()["revision"] == 4
    assert (await team.admin.post("/api/features/chat-assistant/revisions/9/revert")).status_code == 404
    events = (await team.admin.get("/api/audit")).json()
    assert [event["action"] for event in events if event["targetType"] == "feature"] == [
        "features.revert",
        "features.reset",
        "features.change",
        "features.change",
    ]


async def test_two_admins_who_save_at_once_do_not_overwrite_each_other(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    saving = [
        team.admin.put("/api/features/summarizer", json={"systemPrompt": f"{n}"}, headers={"If-Match": '"0"'})
        for n in range(5)
    ]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*saving))
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 412}
    assert (await team.get("summarizer"))["revision"] == 1
    made = [
        team.admin.post("/api/features", json={"slug": "same", "name": "Same", "model": "openai/gpt-4o"})
        for _ in range(5)
    ]
    assert sorted(answer.status_code for answer in await asyncio.gather(*made)) == [201, 409, 409, 409, 409]


async def test_a_target_serves_instead_and_cannot_be_deleted(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    demo = await team.admin.post(
        "/api/configurations", json={"name": "Try", "provider": "demo", "model": "demo-chat", "shared": True}
    )
    assert demo.status_code == 201, demo.text
    path = f"/api/configurations/{demo.json()['id']}"
    private = await team.admin.post(
        "/api/configurations", json={"name": "Mine", "provider": "demo", "model": "demo-chat"}
    )
    refused = await team.admin.put("/api/features/chat-assistant", json={"target": "Mine"})
    assert refused.status_code == 400
    assert private.status_code == 201
    for target in (demo.json()["id"], "Try/demo-chat", "Try"):
        shown = await team.put(target=target)
        assert shown["ready"] is True
        assert (shown["model"], shown["servingModel"]) == ("openai/gpt-4o-mini", "demo-chat")
        # Sent back as it came, it changes nothing.
        assert (await team.put(**shown))["revision"] == shown["revision"]
        ran = await team.member.post("/api/features/chat-assistant/run", json={"input": "hello"})
        assert ran.status_code == 200, ran.text
        assert ran.json()["model"] == "demo-chat"
        gone = await team.admin.delete(f"/api/configurations/{demo.json()['id']}")
        assert gone.status_code == 409
        assert "'chat-assistant'" in gone.json()["message"]
        # Under another name, the feature would have nothing that serves it.
        renamed = await team.admin.put(path, json={"name": "Tried"})
        assert renamed.status_code == (200 if target == demo.json()["id"] else 409), renamed.text
        assert renamed.status_code == 200 or demo.json()["id"] in renamed.json()["message"]
        await team.admin.put(path, json={"name": "Try"})
    await team.put(target=None)
    assert (await team.admin.put(path, json={"name": "Tried"})).status_code == 200
    assert (await team.admin.delete(f"/api/configurations/{demo.json()['id']}")).status_code == 200


async def test_a_workspace_goes_with_its_features(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    await team.put(apiKey=KEY, baseUrl=team.openrouter.url)
    gone = await team.person.client.delete(f"/api/workspaces/{team.workspace}")
    assert gone.status_code == 200, gone.text
