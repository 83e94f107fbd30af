"""Configurations are made, read, changed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import LocalInstallation, Person

KEY = "sk-proj-canary-0123456789abcdefx7Qd"
MASK = "sk-proj-…x7Qd"


async def test_a_configuration_has_the_shape_of_the_contract(installed: LocalInstallation, ann: Person) -> None:
    body = {
        "name": "Work OpenAI",
        "provider": "openai",
        "model": "gpt-4",
        "apiKey": KEY,
        "configuration": {"temperature": 0.7},
    }
    answer = await installed.ask(ann, "POST", "/api/configurations", body)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/api/configurations/{made['id']}"
    expected = {
        "userId": ann.id,
        "name": "Work OpenAI",
        "provider": "openai",
        "model": "gpt-4",
        "apiKey": MASK,
        "baseUrl": None,
        "configuration": {"temperature": 0.7},
        "isActive": True,
        "lastTested": None,
        "testStatus": "pending",
    }
    assert {name: made[name] for name in expected} == expected
    assert made["createdAt"].endswith("Z")
    assert made["apiKeyInfo"]["addedBy"] == ann.id
    assert len(made["apiKeyInfo"]["fingerprint"]) == 16
    read = await installed.ask(ann, "GET", f"/api/configurations/{made['id']}")
    assert (read.status_code, read.json(), read.headers["etag"]) == (200, made, '"1"')


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": None}, "name", "must be a text"),
        ({"name": " "}, "name", "is required"),
        ({"name": "n" * 256}, "name", "255"),
        ({"model": ""}, "model", "is required"),
        ({"provider": "opnai"}, "provider", "Did you mean openai?"),
        ({"apiKey": None}, "apiKey", "is required for OpenAI"),
        ({"apiKey": "two words"}, "apiKey", "copy it again"),
        ({"apiKey": "sk-…x7Qd"}, "apiKey", "is a mask"),
        ({"baseUrl": "ftp://example.com"}, "baseUrl", "https://"),
        ({"baseUrl": "https://user:pass@example.com"}, "baseUrl", "in the field that is for them"),
        ({"baseUrl": "https://" + "a" * 500 + ".com"}, "baseUrl", "500"),
        ({"configuration": {"temperature": 3}}, "configuration.temperature", "must be between 0 and 2; got 3"),
        ({"configuration": {"temprature": 1}}, "configuration.temprature", "did you mean temperature?"),
        ({"configuration": {"apiKey": KEY}}, "configuration.apiKey", "beside it"),
        ({"configuration": {"maxTokens": 0}}, "configuration.maxTokens", "1"),
        ({"configuration": []}, "configuration", "must be a JSON object"),
        ({"isActive": "yes"}, "isActive", "must be true or false"),
        ({"role": "owner"}, "role", "is not a field"),
        ({"applicationId": "nope"}, "applicationId", "no such application"),
    ],
)
async def test_every_wrong_field_is_named_with_a_remedy(
    installed: LocalInstallation, ann: Person, change: dict[str, Any], field: str, words: str
) -> None:
    body = {"name": "n", "provider": "openai", "model": "gpt-4", "apiKey": KEY, **change}
    answer = await installed.ask(ann, "POST", "/api/configurations", body)
    assert answer.status_code == 400, answer.text
    errors = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert words in errors[field], errors
    assert "canary" not in answer.text


async def test_all_wrong_fields_are_named_at_once(installed: LocalInstallation, ann: Person) -> None:
    body = {"name": "", "provider": "openai", "model": "gpt-4", "configuration": {"topP": 2, "x": 1}}
    answer = await installed.ask(ann, "POST", "/api/configurations", body)
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"name", "apiKey", "configuration.topP", "configuration.x"}


async def test_numbers_without_a_json_form_are_refused(installed: LocalInstallation, ann: Person) -> None:
    begin = '{"name":"n","provider":"custom","model":"m","baseUrl":"https://a.example","configuration":{"parameters":'
    deep = "[" * 40 + "]" * 40
    for wild in ('{"a":NaN}', '{"a":[Infinity]}', f'{{"a":{10**30}}}', f'{{"a":{deep}}}'):
        answer = await installed.http.post(
            "/api/configurations",
            content=f"{begin}{wild}}}}}",
            headers={**ann.headers, "content-type": "application/json"},
        )
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"][0]["field"] == "configuration.parameters"


async def test_a_key_is_refused_where_none_is_taken(installed: LocalInstallation, ann: Person) -> None:
    body = {"name": "n", "provider": "ollama", "model": "llama3.2", "apiKey": KEY}
    answer = await installed.ask(ann, "POST", "/api/configurations", body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "apiKey", "message": "Ollama takes no key: leave it out."}]


async def test_a_name_is_unique_for_its_owner_alone(installed: LocalInstallation) -> None:
    one, other = await installed.team("member", "member")
    await installed.make(one, name="same")
    answer = await installed.ask(
        one, "POST", "/api/configurations", {"name": "same", "provider": "demo", "model": "demo-chat"}
    )
    assert answer.status_code == 409
    assert "already have a configuration named 'same'" in answer.json()["message"]
    await installed.make(other, name="same")
    second = await installed.make(one, name="second")
    renamed = await installed.ask(one, "PUT", f"/api/configurations/{second['id']}", {"name": "same"})
    assert renamed.status_code == 409


async def test_put_merges_settings_member_by_member(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(
        ann, provider="openai", model="gpt-4", apiKey=KEY, configuration={"temperature": 0.7, "topP": 0.5}
    )
    path = f"/api/configurations/{made['id']}"
    answer = await installed.ask(ann, "PUT", path, {"configuration": {"topP": None, "maxTokens": 9}})
    assert answer.status_code == 200
    assert answer.json()["configuration"] == {"temperature": 0.7, "maxTokens": 9}
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["apiKey"] == MASK


async def test_what_was_read_can_be_sent_back_unchanged(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(
        ann,
        provider="custom",
        model="m",
        baseUrl="https://llm.example.com/v1",
        apiKey=KEY,
        configuration={"headers": {"X-Team": "aHeaderCanaryValue.7Qd9"}, "parameters": {"a": 1}},
    )
    assert made["configuration"]["headers"] == {"X-Team": "…7Qd9"}
    path = f"/api/configurations/{made['id']}"
    answer = await installed.ask(ann, "PUT", path, made)
    assert answer.status_code == 200, answer.text
    assert answer.json() == made
    assert answer.headers["etag"] == '"1"'


async def test_headers_are_replaced_as_a_whole_and_a_mask_keeps_its_value(
    installed: LocalInstallation, ann: Person
) -> None:
    made = await installed.make(
        ann,
        provider="custom",
        model="m",
        baseUrl="https://llm.example.com",
        configuration={"headers": {"X-One": "firstHeaderValue1234.1111", "X-Two": "secondHeaderValue1234.2222"}},
    )
    path = f"/api/configurations/{made['id']}"
    changed = await installed.ask(
        ann, "PUT", path, {"configuration": {"headers": {"X-One": "…1111", "X-Three": "thirdHeaderValue1234.3333"}}}
    )
    assert changed.json()["configuration"]["headers"] == {"X-One": "…1111", "X-Three": "…3333"}
    wrong = await installed.ask(ann, "PUT", path, {"configuration": {"headers": {"X-One": "…9999"}}})
    assert wrong.json()["errors"][0]["field"] == "configuration.headers.X-One"
    gone = await installed.ask(ann, "PUT", path, {"configuration": {"headers": None}})
    assert gone.json()["configuration"] == {}
    reserved = await installed.ask(ann, "PUT", path, {"configuration": {"headers": {"Host": "evil"}}})
    assert reserved.status_code == 400


@pytest.mark.parametrize(
    "change", [{"baseUrl": "https://evil.example.com"}, {"provider": "groq"}, {"baseUrl": "http://api.openai.com"}]
)
async def test_a_new_origin_needs_the_key_again(
    installed: LocalInstallation, ann: Person, change: dict[str, str]
) -> None:
    made = await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY)
    path = f"/api/configurations/{made['id']}"
    for echoed in ({}, {"apiKey": MASK}):
        answer = await installed.ask(ann, "PUT", path, {**change, **echoed})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "apiKey"
        assert "another address" in answer.json()["message"]
    fitting = KEY.replace("sk-proj-", "gsk_") if "provider" in change else KEY
    again = await installed.ask(ann, "PUT", path, {**change, "apiKey": fitting})
    assert again.status_code == 200, again.text
    assert again.json()["testStatus"] == "pending"


async def test_another_spelling_of_the_same_origin_keeps_the_key(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY)
    answer = await installed.ask(
        ann, "PUT", f"/api/configurations/{made['id']}", {"baseUrl": "https://API.openai.com:443/v1/"}
    )
    assert answer.status_code == 200
    assert answer.json()["apiKey"] == MASK


async def test_header_secrets_are_bound_to_their_origin_too(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(
        ann,
        provider="custom",
        model="m",
        baseUrl="https://one.example.com",
        configuration={"headers": {"X-Token": "headerSecretValue123abcd"}},
    )
    path = f"/api/configurations/{made['id']}"
    for body in ({}, {"configuration": {"headers": {"X-Token": "…abcd"}}}):
        answer = await installed.ask(ann, "PUT", path, {"baseUrl": "https://two.example.com", **body})
        assert answer.status_code == 400, answer.text
    both = {
        "baseUrl": "https://two.example.com",
        "configuration": {"headers": {"X-Token": "headerSecretNewValue.wxyz"}},
    }
    assert (await installed.ask(ann, "PUT", path, both)).status_code == 200


async def test_if_match_guards_against_lost_changes(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    path = f"/api/configurations/{made['id']}"
    assert (await installed.ask(ann, "PUT", path, {"name": "a"}, if_match='"1"')).status_code == 200
    stale = await installed.ask(ann, "PUT", path, {"name": "b"}, if_match='"1"')
    assert stale.status_code == 412
    assert "revision 2" in stale.json()["message"]
    assert (await installed.ask(ann, "DELETE", path, if_match='"1"')).status_code == 412
    assert (await installed.ask(ann, "DELETE", path, if_match='"2"')).json() == {"success": True}
    assert (await installed.ask(ann, "GET", path)).status_code == 404


async def test_lists_are_paged_and_filtered(installed: LocalInstallation, ann: Person) -> None:
    ids = [(await installed.make(ann, isActive=number % 2 == 0))["id"] for number in range(5)]
    await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY)
    first = await installed.ask(ann, "GET", "/api/configurations?limit=2&provider=demo")
    assert [row["id"] for row in first.json()] == [ids[4], ids[3]]
    seen = [row["id"] for row in first.json()]
    link = first.headers["link"]
    while True:
        page = await installed.ask(ann, "GET", link.partition("<")[2].partition(">")[0])
        seen += [row["id"] for row in page.json()]
        if "link" not in page.headers:
            break
        link = page.headers["link"]
    assert seen == ids[::-1]
    active = await installed.ask(ann, "GET", "/api/configurations?isActive=true&provider=Demo")
    assert [row["id"] for row in active.json()] == [ids[4], ids[2], ids[0]]
    assert (await installed.ask(ann, "GET", "/api/configurations?provider=nobody")).status_code == 400
    assert (await installed.ask(ann, "GET", "/api/configurations?cursor=nonsense!")).status_code == 400
    assert (await installed.ask(ann, "GET", "/api/configurations?limit=101")).status_code == 400


async def test_names_are_those_of_the_whole_list_in_one_answer(installed: LocalInstallation) -> None:
    owner, member = await installed.team("owner", "member")
    shared = await installed.make(owner, provider="openai", model="gpt-4", apiKey=KEY, shared=True)
    own = await installed.make(member, isActive=False)
    private = await installed.make(owner)
    expected = {name: shared[name] for name in (
        "id", "userId", "applicationId", "name", "provider", "model", "isActive", "shared", "lenderId", "revision",
    )}  # fmt: skip
    seen = (await installed.ask(member, "GET", "/api/configurations/names")).json()
    assert [each["id"] for each in seen] == [own["id"], shared["id"]]
    assert seen[1] == expected
    assert (seen[0]["isActive"], seen[0]["shared"]) == (False, False)
    (first, *_) = (await installed.ask(owner, "GET", "/api/configurations/names")).json()
    assert first["id"] == private["id"]


async def test_private_ones_are_seen_by_their_owner_alone(installed: LocalInstallation) -> None:
    owner, member, viewer, admin = await installed.team("owner", "member", "viewer", "admin")
    (stranger,) = await installed.team("owner")
    made = await installed.make(member, provider="openai", model="gpt-4", apiKey=KEY)
    path = f"/api/configurations/{made['id']}"
    for other in (owner, admin, viewer, stranger):
        assert (await installed.ask(other, "GET", path)).status_code == 404
        assert (await installed.ask(other, "GET", "/api/configurations")).json() == []
    for other in (owner, admin, stranger):
        assert (await installed.ask(other, "PUT", path, {"name": "x"})).status_code == 404
        assert (await installed.ask(other, "DELETE", path)).status_code == 404
        assert (await installed.ask(other, "POST", path + "/rotate-key")).status_code == 404
        assert (await installed.ask(other, "GET", path + "/usage")).status_code == 404


async def test_shared_ones_are_seen_by_all_and_changed_by_owner_and_admins(installed: LocalInstallation) -> None:
    owner, member, viewer, other = await installed.team("admin", "member", "viewer", "member")
    made = await installed.make(member, provider="openai", model="gpt-4", apiKey=KEY, shared=True)
    path = f"/api/configurations/{made['id']}"
    for person in (owner, viewer, other):
        assert (await installed.ask(person, "GET", path)).json()["apiKey"] == MASK
    assert (await installed.ask(other, "PUT", path, {"name": "x"})).status_code == 403
    assert (await installed.ask(viewer, "PUT", path, {"name": "x"})).status_code == 403
    assert (await installed.ask(owner, "PUT", path, {"name": "by the admin"})).status_code == 200
    repointed = await installed.ask(owner, "PUT", path, {"baseUrl": "https://evil.example.com"})
    assert repointed.status_code == 400
    assert (await installed.ask(owner, "PUT", path, {"shared": False})).status_code == 403
    assert (await installed.ask(member, "PUT", path, {"shared": False})).status_code == 200
    assert (await installed.ask(owner, "GET", path)).status_code == 404


async def test_viewers_and_call_keys_change_nothing(installed: LocalInstallation) -> None:
    (viewer,) = await installed.team("viewer")
    body = {"name": "n", "provider": "demo", "model": "demo-chat"}
    assert (await installed.ask(viewer, "POST", "/api/configurations", body)).status_code == 403
    owner = await installed.person()
    key = await installed.key(owner, scope="call")
    assert (await installed.ask(key, "GET", "/api/configurations")).status_code == 403
    assert (await installed.ask(None, "GET", "/api/configurations")).status_code == 401


async def test_an_applications_key_makes_and_sees_that_applications(installed: LocalInstallation, ann: Person) -> None:
    application_id = await installed.application(ann)
    key = await installed.key(ann, application_id=application_id)
    made = await installed.make(key)
    assert made["applicationId"] == application_id
    await installed.make(ann)
    shared = await installed.make(ann, shared=True)
    listed = (await installed.ask(key, "GET", "/api/configurations")).json()
    assert {row["id"] for row in listed} == {made["id"], shared["id"]}
    moved = await installed.ask(key, "PUT", f"/api/configurations/{made['id']}", {"applicationId": None})
    assert moved.status_code == 403


async def test_one_in_use_is_not_deleted(installed: LocalInstallation, ann: Person) -> None:
    from sqlalchemy import update

    from trunkline.storage.tables import Application, ApplicationConfiguration, Workspace

    made = await installed.make(ann)
    path = f"/api/configurations/{made['id']}"
    application_id = await installed.application(ann)
    async with installed.database.write() as tx:
        await tx.execute(
            update(Workspace).where(Workspace.id == ann.workspace_id).values(default_configuration_id=made["id"])
        )
        tx.add(ApplicationConfiguration(application_id=application_id, configuration_id=made["id"]))
    answer = await installed.ask(ann, "DELETE", path)
    assert answer.status_code == 409
    assert "the default of the workspace" in answer.json()["message"]
    assert "the application 'App' uses it" in answer.json()["message"]
    async with installed.database.write() as tx:
        await tx.execute(
            update(Workspace).where(Workspace.id == ann.workspace_id).values(default_configuration_id=None)
        )
        await tx.execute(update(Application).values(default_configuration_id=made["id"]))
    assert "the default of the application" in (await installed.ask(ann, "DELETE", path)).json()["message"]


async def test_a_call_sees_a_change_as_soon_as_it_is_acknowledged(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY)
    entry = installed.holder.current.parts[ann.workspace_id].configurations[made["id"]]
    assert (entry.model, entry.revision) == ("gpt-4", 1)
    assert [secret.field for secret in entry.secrets] == ["apiKey"]
    await installed.ask(ann, "PUT", f"/api/configurations/{made['id']}", {"model": "gpt-4o"})
    entry = installed.holder.current.parts[ann.workspace_id].configurations[made["id"]]
    assert (entry.model, entry.revision) == ("gpt-4o", 2)
    await installed.ask(ann, "DELETE", f"/api/configurations/{made['id']}")
    assert made["id"] not in installed.holder.current.parts[ann.workspace_id].configurations
