"""Borrowed credentials: whose key a configuration without one calls with."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.contract.configurations.upstream import Upstream, openai_stream, start
from tests.contract.model_configs.program import Program, chat_answer

OLD, NEW, OWN = (f"sk-{name}-0123456789abcdef" for name in ("old", "new", "own"))


def keys_of(upstream: Upstream) -> list[str]:
    return [asked.headers["authorization"].removeprefix("Bearer ") for asked in upstream.asked]


async def test_the_workspaces_oldest_shared_key_serves(program: Program, upstream: Upstream) -> None:
    upstream.answer("POST /v1/chat/completions", chat_answer())
    config = await program.make(provider="openai", modelId="gpt-4")
    assert (config["apiKey"], config["credentialId"]) == (None, None)
    caller = await program.caller()
    lacking = await program.call(caller)
    assert lacking.status_code == 400, lacking.text
    assert "has no key for OpenAI" in lacking.json()["error"]["message"]
    assert "share a configuration" in lacking.json()["error"]["message"]
    # A private one lends nothing, nor does one of another provider, or of an application.
    private = await program.share(upstream.url, "sk-private-0123456789ab", shared=False)
    await program.share(upstream.url, "sk-other-0123456789abcdef", provider="groq", model="m")
    await program.make(provider="openai", modelId="gpt-4", apiKey=OWN, baseUrl=upstream.url)
    assert (await program.call(caller)).status_code == 400
    old = await program.share(upstream.url, OLD)
    await program.share(upstream.url, NEW)
    # The place comes with the key: the configuration says none of its own.
    assert (await program.call(caller)).status_code == 200
    off = await program.client.put(f"/api/configurations/{old['id']}", json={"isActive": False})
    assert off.status_code == 200
    assert (await program.call(caller)).status_code == 200
    assert keys_of(upstream) == [OLD, NEW]
    await program.client.put(f"/api/configurations/{old['id']}", json={"isActive": True})
    assert (await program.client.delete(f"/api/configurations/{old['id']}")).status_code == 200
    await program.client.put(f"/api/configurations/{private['id']}", json={"shared": True})
    assert (await program.call(caller)).status_code == 200
    assert keys_of(upstream)[2:] == ["sk-private-0123456789ab"]  # made before the one that also lends


async def test_a_key_never_goes_where_it_was_not_entered_for(program: Program, upstream: Upstream) -> None:
    await program.share(upstream.url, OLD)
    async with start() as elsewhere:
        elsewhere.answer("POST /v1/chat/completions", chat_answer())
        config = await program.make(provider="openai", modelId="gpt-4", baseUrl=elsewhere.url)
        assert (await program.call(await program.caller())).status_code == 400
        tested = await program.client.post(f"/api/configurations/{config['_id']}/test")
        assert not tested.json()["success"]
        assert elsewhere.asked == []
        # The same address, as the key's owner wrote it or otherwise, is no other.
        moved = await program.client.put(f"/model-configs/{config['_id']}", json={"baseUrl": f"{upstream.url}/v1/"})
        assert moved.status_code == 200, moved.text
        upstream.answer("POST /v1/chat/completions", chat_answer())
        assert (await program.call(await program.caller())).status_code == 200
        assert (keys_of(upstream), elsewhere.asked) == ([OLD], [])


async def test_a_credential_is_borrowed_by_its_id(program: Program, upstream: Upstream) -> None:
    upstream.answer("POST /v1/chat/completions", chat_answer())
    await program.share(upstream.url, OLD)
    private = await program.share(upstream.url, OWN, shared=False)
    credential = private["apiKeyInfo"]["credentialId"]
    config = await program.make(provider="openai", modelId="gpt-4", credentialId=credential)
    assert config["credentialId"] == credential
    caller = await program.caller()
    assert (await program.call(caller)).status_code == 200
    assert keys_of(upstream) == [OWN]
    # The lender cannot go, lose its key or become another provider's while its key is lent.
    path = f"/api/configurations/{private['id']}"
    said = await program.refuse("DELETE", path, status=409)
    assert f"the configuration {config['name']!r} borrows its key" in said[""]
    moved = {"provider": "groq", "apiKey": NEW, "baseUrl": None}
    assert "is lent" in (await program.refuse("PUT", path, moved, 409))[""]
    replaced = await program.client.put(path, json={"apiKey": NEW})
    assert replaced.status_code == 200, replaced.text
    assert (await program.call(caller)).status_code == 200
    assert keys_of(upstream) == [OWN, NEW]
    shared = await program.client.put(f"/model-configs/{config['_id']}", json={"credentialId": None})
    assert shared.json()["credentialId"] is None
    assert (await program.call(caller)).status_code == 200
    assert keys_of(upstream)[2:] == [OLD]
    assert (await program.client.delete(path)).status_code == 200


async def test_only_credentials_that_one_sees_and_that_fit_are_lent(program: Program, upstream: Upstream) -> None:
    workspace = await program.admin.make_workspace()
    member = await program.live.add_user(program.admin, "member@example.com")
    await program.live.join(program.admin, workspace, member, "member")
    owner = Program(program.live, program.admin, program.admin.at(workspace))
    theirs = Program(program.live, member, member.at(workspace))
    private = await owner.share(upstream.url, OWN, shared=False)
    groq = await theirs.share(upstream.url, OLD, provider="groq", model="m", shared=False)
    body = {"applicationId": theirs.id, "name": "n", "provider": "openai", "modelId": "gpt-4"}
    for credential in (private["apiKeyInfo"]["credentialId"], groq["apiKeyInfo"]["credentialId"], str(uuid4())):
        said = await theirs.refuse("POST", "/model-configs", {**body, "credentialId": credential})
        assert said.keys() == {"", "credentialId"}
    shared = await owner.share(upstream.url, NEW)
    lent = {"credentialId": shared["apiKeyInfo"]["credentialId"]}
    assert "credentialId" in await theirs.refuse("POST", "/model-configs", {**body, **lent, "apiKey": OWN})
    elsewhere = {**body, **lent, "baseUrl": "https://elsewhere.example.com/v1"}
    assert "at this address" in (await theirs.refuse("POST", "/model-configs", elsewhere))["credentialId"]
    config = await theirs.make(provider="openai", modelId="gpt-4", **lent)
    # An admin, who may change it, may not lend it what they do not see; nor may a key of the application.
    unseen = await theirs.share(upstream.url, OWN, shared=False)
    theirs_alone = {"credentialId": unseen["apiKeyInfo"]["credentialId"]}
    assert "credentialId" in await owner.refuse("PUT", f"/model-configs/{config['_id']}", theirs_alone)
    inside = Program(program.live, member, await theirs.caller(scope="manage"), theirs.id)
    assert "credentialId" in await inside.refuse("PUT", f"/model-configs/{config['_id']}", theirs_alone)
    upstream.answer("POST /v1/chat/completions", chat_answer())
    caller = await theirs.caller()
    assert (await theirs.call(caller)).status_code == 200
    # Taken back from the workspace, it is no longer lent to others; and that hinders no other change.
    assert (await owner.client.put(f"/api/configurations/{shared['id']}", json={"shared": False})).status_code == 200
    assert (await theirs.call(caller)).status_code == 400
    renamed = await theirs.client.put(f"/model-configs/{config['_id']}", json={"name": "Renamed"})
    assert renamed.status_code == 200, renamed.text
    assert keys_of(upstream) == [NEW]
    # Who may not see the borrower does not learn its name.
    hidden = {"shared": False}
    assert (await theirs.client.put(f"/api/configurations/{config['_id']}", json=hidden)).status_code == 200
    said = await owner.refuse("DELETE", f"/api/configurations/{shared['id']}", status=409)
    assert "a private configuration of another user" in said[""]
    assert "Renamed" not in said[""]


async def test_an_own_key_is_entered_masked_and_given_up(program: Program, upstream: Upstream) -> None:
    upstream.answer("POST /v1/chat/completions", chat_answer())
    await program.share(upstream.url, OLD)
    config = await program.make(provider="openai", modelId="gpt-4")
    path = f"/model-configs/{config['_id']}"
    caller = await program.caller()

    async def change(body: dict[str, Any]) -> dict[str, Any]:
        answer = await program.client.put(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    own = await change({"apiKey": OWN, "baseUrl": upstream.url})
    assert (own["apiKey"], own["credentialId"]) == ("sk-own-…cdef", None)
    assert (await change(own))["apiKey"] == "sk-own-…cdef"
    await program.call(caller)
    # Another address needs the key again.
    assert "apiKey" in await program.refuse("PUT", path, {"baseUrl": "https://elsewhere.example.com"})
    borrowed = await change({"apiKey": None})
    assert borrowed["apiKey"] is None
    await program.call(caller)
    assert keys_of(upstream) == [OWN, OLD]
    whole = (await program.client.get(f"/api/configurations/{config['_id']}")).json()
    assert (whole["borrows"], whole["lenderId"], whole["apiKeyInfo"]) == (True, None, None)
    # The other face changes it without asking for a key, and gives it one.
    renamed = await program.client.put(f"/api/configurations/{config['_id']}", json={"name": "Renamed"})
    assert renamed.status_code == 200, renamed.text
    keyed = await program.client.put(f"/api/configurations/{config['_id']}", json={"apiKey": NEW})
    assert (keyed.json()["borrows"], keyed.json()["apiKey"]) == (False, "sk-new-…cdef")
    await program.call(caller)
    assert keys_of(upstream) == [OWN, OLD, NEW]


async def test_tests_and_model_lists_use_the_borrowed_key(program: Program, upstream: Upstream) -> None:
    upstream.answer("GET /v1/models", {"data": [{"id": "gpt-4", "object": "model"}]})
    upstream.answers["POST /v1/chat/completions"] = openai_stream()
    config = await program.make(provider="openai", modelId="gpt-4")
    path = f"/api/configurations/{config['_id']}"
    lacking = (await program.client.post(f"{path}/test")).json()
    assert not lacking["success"]
    assert "borrows a key for OpenAI" in lacking["message"]
    await program.share(upstream.url, OLD)
    tested = (await program.client.post(f"{path}/test?force=true")).json()
    assert tested["success"], tested
    listed = await program.client.get(f"/api/providers/openai/models?configurationId={config['_id']}")
    assert (listed.json()["source"], [model["id"] for model in listed.json()["models"]]) == ("live", ["gpt-4"])
    assert set(keys_of(upstream)) == {OLD}


async def test_a_place_is_borrowed_with_its_key(local: Program, upstream: Upstream) -> None:
    """A custom server's address, which no provider's row knows."""
    upstream.answer("POST /v1/chat/completions", chat_answer())
    body = {"applicationId": local.id, "name": "n", "provider": "custom", "modelId": "m"}
    assert "baseUrl" in await local.refuse("POST", "/model-configs", body)
    await local.share(
        f"{upstream.url}/v1", OLD, provider="custom", model="m", configuration={"headers": {"X-Team": "t"}}
    )
    config = await local.make(provider="custom", modelId="m")
    assert config["baseUrl"] is None
    assert (await local.call(await local.caller())).status_code == 200
    assert keys_of(upstream) == [OLD]
    assert upstream.asked[0].headers["x-team"] == "t"


async def test_going_back_keeps_what_is_borrowed(local: Program, upstream: Upstream) -> None:
    first = await local.share(upstream.url, OLD)
    config = await local.make(provider="openai", modelId="gpt-4", credentialId=first["apiKeyInfo"]["credentialId"])
    path = f"/model-configs/{config['_id']}"
    assert (await local.client.put(path, json={"credentialId": None, "modelId": "gpt-4-turbo"})).status_code == 200
    reverted = await local.client.post(f"/api/configurations/{config['_id']}/revisions/1/revert")
    assert reverted.status_code == 200, reverted.text
    assert (await local.client.get(path)).json()["credentialId"] == config["credentialId"]
