"""Making, listing, changing and deleting entries, as the source's examples do."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.contract.configurations.upstream import Upstream
from tests.contract.live_server import LiveServer
from tests.contract.sealing import seal

from .scene import NOBODYS, OPENAI, SECRET, done, entry, failed, listed, make, shown

FIELDS = {"id", "orgId", "workspaceId", "userId", "name", "aiType", "endpoint", "key", "createdAt", "repos"}


async def test_an_entry_is_created_as_in_the_example(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    workspace_id = await admin.make_workspace()
    answer = await admin.client.post("/ai/llm", json=entry(workspace_id))
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"success", "aiLlmId", "message"}
    assert body["success"] is True
    (found,) = await listed(admin.client, f"?workspaceId={workspace_id}")
    assert set(found) == FIELDS
    instance = (await admin.client.get("/api/encryption-key")).json()["instance"]
    assert found == {
        "id": body["aiLlmId"],
        "orgId": instance,
        "workspaceId": workspace_id,
        "userId": admin.id,
        "name": "Production OpenAI",
        "aiType": "OPENAI",
        "endpoint": OPENAI,
        "key": None,
        "createdAt": found["createdAt"],
        "repos": [],
    }
    assert found["createdAt"].endswith("Z")
    # It is a configuration like any other: without a model, and the workspace's.
    stored = (await admin.at(workspace_id).get(f"/api/configurations/{body['aiLlmId']}")).json()
    assert (stored["provider"], stored["model"], stored["shared"]) == ("openai", None, True)
    assert stored["apiKey"] == "sk-proj-…x7Qd"


async def test_each_type_is_a_provider(live: LiveServer) -> None:
    admin = await live.admin()
    home = await admin.personal()
    kinds: list[tuple[str, str, str, dict[str, str]]] = [
        ("OPENAI", "openai", "https://api.openai.com/v1", {}),
        ("GOOGLE", "gemini", "https://generativelanguage.googleapis.com", {}),
        ("ANTHROPIC", "anthropic", "https://api.anthropic.com", {}),
        ("AWS", "bedrock", "https://bedrock-runtime.eu-central-1.amazonaws.com", {"key": "AKIAIOSFODNN7EXAMPLE"}),
        ("OTHER", "custom", "https://llm.example.com/v1", {}),
    ]
    for ai_type, provider, endpoint, fields in kinds:
        made = await make(admin.client, home, name=ai_type, aiType=ai_type, endpoint=endpoint, **fields)
        found = await shown(admin.client, made)
        assert (found["aiType"], found["endpoint"]) == (ai_type, endpoint)
        stored = (await admin.client.get(f"/api/configurations/{made}")).json()
        assert (stored["provider"], stored["baseUrl"]) == (provider, endpoint)


async def test_the_access_key_of_aws_is_its_key_and_is_masked(live: LiveServer) -> None:
    admin = await live.admin()
    home = await admin.personal()
    endpoint = "https://bedrock-runtime.eu-central-1.amazonaws.com"
    made = await make(admin.client, home, aiType="AWS", endpoint=endpoint, key="AKIAIOSFODNN7EXAMPLE")
    found = await shown(admin.client, made)
    assert found["key"] == "…MPLE"
    settings = (await admin.client.get(f"/api/configurations/{made}")).json()["configuration"]
    assert settings == {"accessKeyId": "AKIAIOSFODNN7EXAMPLE"}
    done(await admin.client.put(f"/ai/llm/{made}", json={"key": found["key"]}))
    assert (await shown(admin.client, made))["key"] == "…MPLE"
    done(await admin.client.put(f"/ai/llm/{made}", json={"key": "AKIAI44QH8DHBEXAMPLF"}))
    assert (await shown(admin.client, made))["key"] == "…MPLF"
    message = failed(await admin.client.put(f"/ai/llm/{made}", json={"key": "not an id"}), 400)
    assert message.startswith("key: ")
    done(await admin.client.put(f"/ai/llm/{made}", json={"key": None}))
    assert (await shown(admin.client, made))["key"] is None


async def test_other_keys_are_kept_encrypted_and_masked(live_on_each: LiveServer, upstream: Upstream) -> None:
    admin = await live_on_each.admin()
    home = await admin.personal()
    key = "key-canary-0123456789-abcd"
    made = await make(admin.client, home, aiType="OTHER", endpoint=upstream.url, key=key)
    found = await shown(admin.client, made)
    assert found["key"] == "key-…abcd"
    # The mask that was shown, and leaving it out, leave it alone.
    for body in ({"key": "key-…abcd"}, {"name": "renamed"}):
        done(await admin.client.put(f"/ai/llm/{made}", json=body))
        assert (await shown(admin.client, made))["key"] == "key-…abcd"
    assert failed(await admin.client.put(f"/ai/llm/{made}", json={"key": "sk-…wxyz"}), 400).startswith("key: ")
    done(await admin.client.put(f"/ai/llm/{made}", json={"key": None}))
    assert (await shown(admin.client, made))["key"] is None
    # It goes when the address does: nobody has it sent to another.
    done(await admin.client.put(f"/ai/llm/{made}", json={"key": key}))
    moved = {"endpoint": "https://llm.example.com/v1", "secret": SECRET}
    done(await admin.client.put(f"/ai/llm/{made}", json=moved))
    assert (await shown(admin.client, made))["key"] is None
    done(await admin.client.put(f"/ai/llm/{made}", json={"key": key, "endpoint": upstream.url, "secret": SECRET}))
    assert (await shown(admin.client, made))["key"] == "key-…abcd"
    assert (await admin.client.post(f"/ai/llm/{made}/validate")).status_code == 200
    assert not any(key in repr(asked) for asked in upstream.asked)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"name": "   "}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"name": "a\nb"}, "name"),
    ({"name": "a/b"}, "name"),
    ({"aiType": "openai"}, "aiType"),
    ({"aiType": "MISTRAL"}, "aiType"),
    ({"aiType": None}, "aiType"),
    ({"endpoint": "not a url"}, "endpoint"),
    ({"endpoint": "ftp://api.openai.com"}, "endpoint"),
    ({"endpoint": "https://user:pw@api.openai.com"}, "endpoint"),
    ({"endpoint": ""}, "endpoint"),
    ({"endpoint": "https://" + "x" * 500 + ".com"}, "endpoint"),
    ({"secret": ""}, "secret"),
    ({"secret": "two words"}, "secret"),
    ({"secret": "sk-…x7Qd"}, "secret"),
    ({"secret": "tl1.k1-AAAAAAAAAAA.AAAA"}, "secret"),
    ({"secret": {"a": 1}}, "secret"),
    ({"key": "k" * 5000}, "key"),
    ({"model": "gpt-4"}, "model"),
    ({"workspaceId": 5}, "workspaceId"),
]


async def test_what_is_wrong_is_400_and_nothing_is_stored(live: LiveServer) -> None:
    admin = await live.admin()
    team = await admin.make_workspace()
    for wrong, named in WRONG:
        answer = await admin.client.post("/ai/llm", json=entry(team, **wrong))
        message = failed(answer, 400)
        assert named in message, wrong
        assert all(internal not in message for internal in ("apiKey", "baseUrl", "provider:")), message
        assert SECRET not in answer.text
    for missing in ("name", "aiType", "endpoint", "secret", "workspaceId"):
        body = entry(team)
        del body[missing]
        assert failed(await admin.client.post("/ai/llm", json=body), 400) == f"{missing}: is required."
    assert await listed(admin.client, f"?workspaceId={team}") == []


async def test_a_name_is_the_workspaces(live_on_each: LiveServer) -> None:
    live = live_on_each
    admin = await live.admin()
    other = await live.add_user(admin, "other@example.com")
    team, elsewhere = await admin.make_workspace("A"), await admin.make_workspace("B")
    await live.join(admin, team, other, "member")
    await make(admin.client, team)
    for person in (admin, other):
        message = failed(await person.client.post("/ai/llm", json=entry(team)), 400)
        assert "Production OpenAI" in message
    await make(admin.client, elsewhere)
    second = await make(other.client, team, name="Second")
    failed(await other.client.put(f"/ai/llm/{second}", json={"name": "Production OpenAI"}), 400)
    assert (await shown(other.client, second))["name"] == "Second"
    done(await other.client.put(f"/ai/llm/{second}", json={"name": "Second"}))


async def test_of_two_who_take_one_name_at_once_one_gets_it(live_on_each: LiveServer) -> None:
    live = live_on_each
    admin = await live.admin()
    other = await live.add_user(admin, "other@example.com")
    team = await admin.make_workspace()
    await live.join(admin, team, other, "member")
    # With it the workspace has a data key; making the first one would keep the others waiting by itself.
    await make(admin.client, team, name="First")
    for turn in range(5):
        body = entry(team, name=f"Wanted {turn}")
        answers = await asyncio.gather(*(each.client.post("/ai/llm", json=body) for each in (admin, other) * 3))
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    assert len(await listed(admin.client, f"?workspaceId={team}")) == 6


async def test_any_part_is_changed(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    made = await make(admin.client, await admin.personal())
    done(await admin.client.put(f"/ai/llm/{made}", json={"name": "Renamed"}))
    # As in the source's example.
    done(await admin.client.put(f"/ai/llm/{made}", json={"secret": "new-api-key-xxxxxxxxxxxx"}))
    done(await admin.client.put(f"/ai/llm/{made}", json={"endpoint": "https://api.openai.com"}))
    found = await shown(admin.client, made)
    assert (found["name"], found["endpoint"], found["aiType"]) == ("Renamed", "https://api.openai.com", "OPENAI")
    # Another kind of AI at another address is all of it anew.
    change = {"aiType": "ANTHROPIC", "endpoint": "https://api.anthropic.com", "secret": "sk-ant-0123456789abcdefgh"}
    done(await admin.client.put(f"/ai/llm/{made}", json=change))
    assert (await shown(admin.client, made))["aiType"] == "ANTHROPIC"
    # What this API itself told may come back with a change.
    done(await admin.client.put(f"/ai/llm/{made}", json={**(await shown(admin.client, made)), "name": "Again"}))
    assert (await shown(admin.client, made))["name"] == "Again"


async def test_leaving_aws_leaves_its_access_key(live: LiveServer) -> None:
    admin = await live.admin()
    endpoint = "https://bedrock-runtime.eu-central-1.amazonaws.com"
    made = await make(admin.client, await admin.personal(), aiType="AWS", endpoint=endpoint, key="AKIAIOSFODNN7EXAMPLE")
    change = {
        "aiType": "OTHER",
        "endpoint": "https://llm.example.com",
        "secret": SECRET,
        "key": "mine-0123456789-abcdef",
    }
    done(await admin.client.put(f"/ai/llm/{made}", json=change))
    found = await shown(admin.client, made)
    assert (found["aiType"], found["key"]) == ("OTHER", "mine-…cdef")
    back = {"aiType": "AWS", "endpoint": endpoint, "secret": SECRET}
    done(await admin.client.put(f"/ai/llm/{made}", json=back))
    assert (await shown(admin.client, made))["key"] is None


async def test_a_change_of_nothing_or_of_something_wrong_is_400(live: LiveServer) -> None:
    admin = await live.admin()
    made = await make(admin.client, await admin.personal())
    before = await shown(admin.client, made)
    bodies: list[Any] = [
        {},
        [],
        {"id": NOBODYS},
        {"workspaceId": NOBODYS},
        {"name": None},
        {"name": "a/b"},
        {"secret": None},
        {"model": "gpt-4"},
        {"endpoint": "nowhere"},
    ]
    for body in bodies:
        failed(await admin.client.put(f"/ai/llm/{made}", json=body), 400)
    failed(await admin.client.put(f"/ai/llm/{made}"), 400)
    assert await shown(admin.client, made) == before


async def test_a_key_never_follows_an_address(live: LiveServer, upstream: Upstream) -> None:
    admin = await live.admin()
    made = await make(admin.client, await admin.personal())
    message = failed(await admin.client.put(f"/ai/llm/{made}", json={"endpoint": upstream.url}), 400)
    assert message.startswith("secret: ")
    assert (await shown(admin.client, made))["endpoint"] == OPENAI
    assert upstream.asked == []


async def test_a_sealed_secret_is_accepted(live: LiveServer, upstream: Upstream) -> None:
    admin = await live.admin()
    home = await admin.personal()
    upstream.answer("GET /v1/models", {"data": [{"id": "m"}]})
    sealed = await seal(admin, home, SECRET, upstream.url)
    made = await make(admin.client, home, aiType="OTHER", endpoint=upstream.url, secret=sealed)
    assert (await admin.client.post(f"/ai/llm/{made}/validate")).json()["success"] is True
    assert upstream.asked[-1].headers["authorization"] == f"Bearer {SECRET}"
    elsewhere = await seal(admin, home, SECRET, "https://evil.example.com:443")
    body = entry(home, name="Other", aiType="OTHER", endpoint=upstream.url, secret=elsewhere)
    assert failed(await admin.client.post("/ai/llm", json=body), 400).startswith("secret: ")


async def test_what_was_made_elsewhere_is_an_entry_too(live: LiveServer) -> None:
    admin = await live.admin()
    bodies: list[dict[str, Any]] = [
        {"name": "One", "provider": "demo", "model": "demo-chat"},
        {"name": "Two", "provider": "openai", "model": "gpt-4o", "apiKey": SECRET},
        {"name": "Three", "provider": "openrouter", "model": "openai/gpt-4o", "apiKey": "sk-or-0123456789abcdef01"},
    ]
    team = await admin.make_workspace()
    there = admin.at(team)
    for body in bodies:
        assert (await there.post("/api/configurations", json=body)).status_code == 201
    entries = await listed(admin.client, f"?workspaceId={team}")
    found = [(item["name"], item["aiType"], item["endpoint"]) for item in entries]
    assert found == [
        ("Three", "OTHER", "https://openrouter.ai/api/v1"),
        ("Two", "OPENAI", "https://api.openai.com/v1"),
        ("One", "OTHER", "http://demo.invalid/v1"),
    ]
    # Saying again that it is of the type it has makes no other provider of it.
    three = entries[0]["id"]
    done(await admin.client.put(f"/ai/llm/{three}", json={"aiType": "OTHER", "name": "Four"}))
    stored = (await there.get(f"/api/configurations/{three}")).json()
    assert (stored["provider"], stored["name"], stored["model"]) == ("openrouter", "Four", "openai/gpt-4o")


async def test_repos_are_the_applications_that_use_it(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    team = await admin.make_workspace()
    there = admin.at(team)
    made = await make(admin.client, team)
    await make(admin.client, team, name="Unused")
    names = ("my-app", "default-app", "idle-app")
    ids = [(await there.post("/api/applications", json={"name": name})).json()["id"] for name in names]
    used = await there.put(f"/api/applications/{ids[0]}", json={"configurationIds": [made]})
    assert used.json()["configurationIds"] == [made]
    await there.put(f"/api/applications/{ids[1]}", json={"defaultConfigurationId": made})
    unused, found = await listed(admin.client, f"?workspaceId={team}")
    assert unused["repos"] == []
    assert [(repo["id"], repo["name"]) for repo in found["repos"]] == [(ids[0], "my-app"), (ids[1], "default-app")]
    assert set(found["repos"][0]) == {"id", "name", "createdAt"}
    message = failed(await admin.client.delete(f"/ai/llm/{made}"), 403)
    assert "my-app" in message
    assert "default-app" in message
    await there.put(f"/api/applications/{ids[0]}", json={"configurationIds": []})
    await there.put(f"/api/applications/{ids[1]}", json={"defaultConfigurationId": None})
    done(await admin.client.delete(f"/ai/llm/{made}"))
    failed(await admin.client.delete(f"/ai/llm/{made}"), 404)
    assert [item["name"] for item in await listed(there)] == ["Unused"]
