"""Configurations of applications: every endpoint, every example and every rule of their API."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.contract.model_configs.program import Program

SONNET = {
    "name": "Claude Sonnet",
    "provider": "anthropic",
    "modelId": "claude-sonnet-4-20250514",
    "isDefault": False,
    "settings": {
        "temperature": 0.5,
        "maxTokens": 4096,
        "topP": 0.9,
        "systemPrompt": "You are a knowledgeable AI assistant.",
    },
}
SHOWN = {"temperature": 0.7, "maxTokens": 2048, "topP": 1.0, "systemPrompt": None}


async def test_a_config_is_made_listed_read_and_deleted(program: Program) -> None:
    made = await program.client.post("/model-configs", json={"applicationId": program.id, **SONNET})
    assert made.status_code == 201, made.text
    config = made.json()
    assert set(config) == {
        *("_id", "applicationId", "name", "provider", "modelId", "isDefault", "settings", "createdAt", "updatedAt"),
        *("apiKey", "credentialId", "baseUrl"),
    }
    assert UUID(config["_id"])
    assert made.headers["Location"] == f"/model-configs/{config['_id']}"
    assert {name: config[name] for name in ("applicationId", "name", "provider", "modelId")} == {
        "applicationId": program.id,
        "name": "Claude Sonnet",
        "provider": "anthropic",
        "modelId": "claude-sonnet-4-20250514",
    }
    assert config["settings"] == SONNET["settings"]
    assert config["createdAt"].endswith("Z")
    other = await program.make()
    assert await program.list() == [config, other]
    assert (await program.client.get(f"/model-configs/{config['_id']}")).json() == config
    gone = await program.client.delete(f"/model-configs/{other['_id']}")
    assert (gone.status_code, gone.json()) == (200, {"_id": other["_id"], "deleted": True})
    missing = await program.client.get(f"/model-configs/{other['_id']}")
    assert missing.status_code == 404
    said = missing.json()
    assert {name: said[name] for name in ("statusCode", "message", "error")} == {
        "statusCode": 404,
        "message": "Model config not found",
        "error": "Not Found",
    }
    for method, path in (("PUT", ""), ("DELETE", ""), ("PATCH", "/default"), ("GET", "/versions")):
        await program.refuse(method, f"/model-configs/{other['_id']}{path}", {} if method == "PUT" else None, 404)


async def test_a_list_needs_its_application(local: Program) -> None:
    assert set(await local.refuse("GET", "/model-configs")) == {"", "applicationId"}
    assert "must be an id" in (await local.refuse("GET", "/model-configs?applicationId=x"))["applicationId"]
    assert await local.list() == []
    first, second, third = [(await local.make())["_id"] for _ in range(3)]
    page = await local.client.get("/model-configs", params={"applicationId": local.id, "limit": 2})
    assert [item["_id"] for item in page.json()] == [first, second]
    rest = await local.client.get(page.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [item["_id"] for item in rest.json()] == [third]
    assert "Link" not in rest.headers


async def test_providers_take_the_same_settings(local: Program) -> None:
    settings = {"temperature": 0.4, "maxTokens": 128_000, "topP": 0.0, "systemPrompt": "Be brief."}
    models = {
        "openai": "gpt-3.5-turbo",
        "anthropic": "claude-3-haiku-20240307",
        "gemini": "gemini-1.5-pro",
        "huggingface": "mistralai/Mistral-7B-Instruct-v0.2",
        "ollama": "llama3.2",
        "bedrock": "us.amazon.nova-lite-v1:0",
        "groq": "llama-3.1-8b-instant",
    }
    for provider, model in models.items():
        base = {"baseUrl": "http://127.0.0.1:11434"} if provider == "ollama" else {}
        config = await local.make(provider=provider, modelId=model, settings=settings, **base)
        assert config["settings"] == settings
        changed = await local.client.put(f"/model-configs/{config['_id']}", json={"settings": {"maxTokens": None}})
        assert changed.json()["settings"] == {**settings, "maxTokens": 2048}


async def test_a_whole_number_may_be_written_with_a_point(local: Program) -> None:
    config = await local.make(settings={"maxTokens": 4096.0})
    answer = await local.client.get(f"/model-configs/{config['_id']}")
    assert '"maxTokens":4096,' in answer.text


WRONG: list[tuple[dict[str, Any], dict[str, str] | set[str]]] = [
    ({"settings": {"temperature": 2.1}}, {"settings.temperature": "must be between 0 and 2; got 2.1"}),
    ({"settings": {"temperature": -1}}, {"settings.temperature": "must be between 0 and 2; got -1"}),
    ({"settings": {"temperature": "hot"}}, {"settings.temperature": "must be a number."}),
    ({"settings": {"temperature": True}}, {"settings.temperature": "must be a number."}),
    ({"settings": {"maxTokens": 0}}, {"settings.maxTokens": "must be between 1 and 128000; got 0"}),
    ({"settings": {"maxTokens": 128_001}}, {"settings.maxTokens": "must be between 1 and 128000; got 128001"}),
    ({"settings": {"maxTokens": 1.5}}, {"settings.maxTokens": "must be a whole number."}),
    ({"settings": {"topP": 1.01}}, {"settings.topP": "must be between 0 and 1; got 1.01"}),
    ({"settings": {"systemPrompt": 5}}, {"settings.systemPrompt": "must be a text."}),
    ({"settings": {"top_p": 1}}, {"settings.top_p"}),
    ({"settings": 7}, {"settings"}),
    ({"provider": "openia"}, {"provider"}),
    ({"provider": ""}, {"provider"}),
    ({"name": "  "}, {"name": "is required."}),
    ({"name": "n" * 256}, {"name"}),
    ({"modelId": ""}, {"modelId": "is required."}),
    ({"modelId": None}, {"modelId"}),
    ({"isDefault": "yes"}, {"isDefault"}),
    ({"applicationId": "mine"}, {"applicationId"}),
    ({"unknown": 1}, {"unknown"}),
    ({"baseUrl": "nonsense"}, {"baseUrl"}),
    (
        {"provider": "gemini", "settings": {"temperature": 1.5, "maxTokens": 0, "topP": 2}},
        {
            "settings.temperature": "must be between 0 and 1; got 1.5",
            "settings.maxTokens": "must be between 1 and 128000; got 0",
            "settings.topP": "must be between 0 and 1; got 2",
        },
    ),
]


async def test_what_is_wrong_is_named(local: Program) -> None:
    for fields, wrong in WRONG:
        body = {"applicationId": local.id, "name": "n", "provider": "openai", "modelId": "gpt-4", **fields}
        said = await local.refuse("POST", "/model-configs", body)
        assert said.keys() - {""} == set(wrong), fields
        if isinstance(wrong, dict):
            assert {name: said[name] for name in wrong} == wrong
    # Nothing is half-written: not even the application.
    assert await local.list() == []
    assert (await local.client.get(f"/api/applications/{local.id}")).status_code == 404


async def test_what_is_required_is_asked_for(local: Program) -> None:
    body = {"applicationId": local.id, "name": "n", "provider": "openai", "modelId": "gpt-4"}
    for missing in body:
        given = {name: value for name, value in body.items() if name != missing}
        assert (await local.refuse("POST", "/model-configs", given))[missing] == "is required."


async def test_a_change_is_partial_and_the_whole_is_checked(program: Program) -> None:
    config = await program.make(**SONNET)
    path = f"/model-configs/{config['_id']}"
    changed = await program.client.put(path, json={"settings": {"temperature": 0.8, "maxTokens": 3000}})
    assert changed.status_code == 200, changed.text
    assert changed.json() == {
        **config,
        "settings": {**config["settings"], "temperature": 0.8, "maxTokens": 3000},
        "updatedAt": changed.json()["updatedAt"],
    }
    assert (await program.client.get(path)).json() == changed.json()
    moved = await program.client.put(path, json={"provider": "openai", "modelId": "gpt-4"})
    assert moved.json()["settings"] == changed.json()["settings"]
    hot = await program.client.put(path, json={"settings": {"temperature": 1.5}})
    assert hot.json()["settings"]["temperature"] == 1.5
    said = await program.refuse("PUT", path, {"provider": "gemini", "modelId": "gemini-pro"})
    assert said["settings.temperature"] == "must be between 0 and 1; got 1.5"
    gemini = {"provider": "gemini", "modelId": "gemini-pro", "settings": {"temperature": 1}}
    there = await program.client.put(path, json=gemini)
    assert there.json()["settings"] == {**changed.json()["settings"], "temperature": 1}
    # The settings went along under the provider's own names.
    stored = (await program.client.get(f"/api/configurations/{config['_id']}")).json()["configuration"]
    assert stored == {
        "temperature": 1,
        "maxOutputTokens": 3000,
        "topP": 0.9,
        "systemPrompt": "You are a knowledgeable AI assistant.",
    }
    back = await program.client.put(path, json={"provider": "openai", "modelId": "gpt-4"})
    assert back.json()["settings"] == there.json()["settings"]
    other = str(uuid4())
    assert "cannot change" in (await program.refuse("PUT", path, {"applicationId": other}))["applicationId"]
    same = await program.client.put(path, json={"applicationId": program.id, "name": "New name"})
    assert same.json()["name"] == "New name"


async def test_defaults_are_shown_and_never_sent(program: Program) -> None:
    config = await program.make()
    assert config["settings"] == SHOWN

    async def stored() -> dict[str, Any]:
        return (await program.client.get(f"/api/configurations/{config['_id']}")).json()["configuration"]

    path = f"/model-configs/{config['_id']}"
    echo = await program.client.put(path, json={**config, "name": "Echoed"})
    assert echo.status_code == 200, echo.text
    assert (await stored(), echo.json()["settings"]) == ({}, SHOWN)
    changed = {**config, "settings": {**config["settings"], "topP": 0.5}}
    assert (await program.client.put(path, json=changed)).json()["settings"] == {**SHOWN, "topP": 0.5}
    assert await stored() == {"topP": 0.5}
    # Who sets a setting to its default has set it.
    await program.client.put(path, json={"settings": {"temperature": 0.7}})
    assert await stored() == {"topP": 0.5, "temperature": 0.7}
    await program.client.put(path, json={"settings": {"topP": None}})
    assert await stored() == {"temperature": 0.7}


async def test_names_are_apart_in_each_application(program: Program) -> None:
    await program.make(name="Production")
    body = {"applicationId": program.id, "name": "Production", "provider": "demo", "modelId": "demo-chat"}
    assert "already have" in (await program.refuse("POST", "/model-configs", body, 409))[""]
    elsewhere = Program(program.live, program.admin, program.client)
    await elsewhere.make(name="Production")
    other = await elsewhere.make(name="Other")
    await elsewhere.refuse("PUT", f"/model-configs/{other['_id']}", {"name": "Production"}, 409)
    plain = {"name": "Production", "provider": "demo", "model": "demo-chat"}
    assert (await program.client.post("/api/configurations", json=plain)).status_code == 201
    assert (await program.client.post("/api/configurations", json=plain)).status_code == 409


async def test_other_workspaces_have_nothing_to_see(program: Program) -> None:
    config = await program.make()
    version = await program.client.post(f"/model-configs/{config['_id']}/versions", json={"version": "v2"})
    stranger = await program.live.add_user(program.admin, "stranger@example.com")
    outside = Program(program.live, stranger, stranger.client, program.id)
    path = f"/model-configs/{config['_id']}"
    await outside.refuse("GET", f"/model-configs?applicationId={program.id}", status=404)
    await outside.refuse("GET", path, status=404)
    await outside.refuse("PUT", path, {"name": "x"}, 404)
    await outside.refuse("DELETE", path, status=404)
    await outside.refuse("PATCH", f"{path}/default", status=404)
    await outside.refuse("GET", f"{path}/versions", status=404)
    await outside.refuse("POST", f"{path}/versions", {"version": "v9"}, 404)
    await outside.refuse("PUT", f"{path}/versions", [], 404)
    await outside.refuse("DELETE", f"{path}/versions/{version.json()['_id']}", status=404)
    body = {"applicationId": program.id, "name": "n", "provider": "demo", "modelId": "demo-chat"}
    await outside.refuse("POST", "/model-configs", body, 404)
    refused = (await stranger.client.get("/api/audit?outcome=refused")).json()
    assert "configurations.change" in {event["action"] for event in refused}
    anonymous = await program.live.client().get(path)
    assert anonymous.status_code == 401


async def test_members_see_them_and_their_owner_and_admins_change_them(program: Program) -> None:
    workspace = await program.admin.make_workspace()
    member = await program.live.add_user(program.admin, "member@example.com")
    viewer = await program.live.add_user(program.admin, "viewer@example.com")
    await program.live.join(program.admin, workspace, member, "member")
    await program.live.join(program.admin, workspace, viewer, "viewer")
    theirs = Program(program.live, member, member.at(workspace))
    config = await theirs.make()
    watching = Program(program.live, viewer, viewer.at(workspace), theirs.id)
    assert await watching.list() == [config]
    path = f"/model-configs/{config['_id']}"
    await watching.refuse("PUT", path, {"name": "x"}, 403)
    await watching.refuse("PATCH", f"{path}/default", status=403)
    leading = Program(program.live, program.admin, program.admin.at(workspace), theirs.id)
    assert (await leading.client.put(path, json={"name": "Led"})).status_code == 200
    mine = await leading.make()
    await theirs.refuse("PUT", f"/model-configs/{mine['_id']}", {"name": "x"}, 403)
    assert (await theirs.client.patch(f"/model-configs/{mine['_id']}/default")).status_code == 200


async def test_a_key_of_the_application_manages_it_and_no_other(local: Program) -> None:
    config = await local.make()
    key = await local.caller(scope="manage")
    inside = Program(local.live, local.admin, key, local.id)
    assert await inside.list() == [config]
    made = await inside.make()
    other = Program(local.live, local.admin, local.client)
    hidden = await other.make()
    await inside.refuse("GET", f"/model-configs?applicationId={other.id}", status=404)
    await inside.refuse("GET", f"/model-configs/{hidden['_id']}", status=404)
    for application in (other.id, str(uuid4())):
        body = {"applicationId": application, "name": "n", "provider": "demo", "modelId": "demo-chat"}
        await inside.refuse("POST", "/model-configs", body, 404)
    calling = await local.caller(scope="call")
    assert (await calling.get(f"/model-configs/{made['_id']}")).status_code == 403


async def test_changes_are_audited_and_have_revisions(local: Program) -> None:
    config = await local.make(name="Audited", settings={"temperature": 0.2})
    path = f"/model-configs/{config['_id']}"
    first = await local.client.get(path)
    assert first.headers["ETag"] == '"1"'
    await local.client.put(path, json={"settings": {"temperature": 0.3}})
    stale = await local.client.put(path, json={"name": "x"}, headers={"If-Match": first.headers["ETag"]})
    assert stale.status_code == 412
    revisions = (await local.client.get(f"/api/configurations/{config['_id']}/revisions")).json()
    assert [part["path"] for part in revisions[0]["diff"]] == ["configuration.temperature"]
    log = await local.log(config["_id"])
    assert [event["action"] for event in log] == ["configurations.update", "configurations.create"]
    made = {event["action"]: event for event in await local.log(local.id)}
    assert made["applications.create"]["after"] == {"name": f"Application {local.id[:8]}"}
    assert made["applications.change"]["after"] == {"defaultConfigurationId": config["_id"]}


async def test_configurations_without_an_application_are_seen_here_too(local: Program) -> None:
    plain = {"name": "Plain", "provider": "demo", "model": "demo-chat"}
    made = (await local.client.post("/api/configurations", json=plain)).json()
    config = (await local.client.get(f"/model-configs/{made['id']}")).json()
    assert (config["applicationId"], config["isDefault"]) == (None, False)
    assert "belongs to no application" in (await local.refuse("PATCH", f"/model-configs/{made['id']}/default"))[""]
    assert (await local.client.put(f"/model-configs/{made['id']}", json={**config, "name": "Echo"})).status_code == 200
    await local.refuse("PUT", f"/model-configs/{made['id']}", {"isDefault": True})
    assert (await local.client.delete(f"/model-configs/{made['id']}")).status_code == 200
