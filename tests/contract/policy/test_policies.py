"""Policies, over the wire: made, listed, changed and deleted, by whom and for what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.policy.policy_workspace import Json, PolicyWorkspace
from trunkline.core.ids import new_id


def draft(**fields: Any) -> Json:
    return {"name": "P", "content": "No.", "riskType": "LOW", "actionType": 0, **fields}


async def org_of(team: PolicyWorkspace) -> str:
    return (await team.there.get("/api/encryption-key")).json()["instance"]


async def test_a_policy_is_made_shown_changed_and_deleted(team_on_each: PolicyWorkspace) -> None:
    team = team_on_each
    org = await org_of(team)
    body = draft(workspaceId=team.workspace_id, orgId=org, rule={"kind": "allowedModels", "models": ["gpt-*"]})
    made = await team.there.post("/policy", json=body)
    assert made.status_code == 201, made.text
    policy = made.json()["policy"]
    assert made.json()["success"] is True
    assert {name: policy[name] for name in body} == {
        **body,
        "rule": {"kind": "allowedModels", "models": ["gpt-*"], "mode": "allow"},
    }
    assert (policy["repoId"], policy["keyId"], policy["failMode"], policy["enabled"]) == (None, None, "open", True)
    assert policy["createdBy"] == team.admin.id
    shown = await team.there.get(f"/policy/{policy['id']}")
    assert shown.json() == {"success": True, "policy": policy}
    listed = await team.there.get(f"/policy?orgId={org}&workspaceId={team.workspace_id}")
    assert listed.json() == {"success": True, "policies": [policy]}

    changed = await team.there.put(f"/policy/{policy['id']}", json={"riskType": "HIGH", "actionType": 2})
    assert changed.status_code == 200, changed.text
    after = changed.json()["policy"]
    assert (after["riskType"], after["actionType"], after["name"]) == ("HIGH", 2, "P")
    assert after["updatedAt"] > policy["updatedAt"]
    # What was got may be sent back as it is.
    assert (await team.there.put(f"/policy/{policy['id']}", json=after)).status_code == 200

    gone = await team.there.delete(f"/policy/{policy['id']}")
    assert gone.json() == {"success": True, "message": "The policy was deleted. Calls are no longer held to it."}
    assert (await team.there.get(f"/policy/{policy['id']}")).status_code == 404
    assert (await team.there.delete(f"/policy/{policy['id']}")).status_code == 404
    assert (await team.there.get("/policy")).json()["policies"] == []
    log = (await team.there.get("/api/audit?targetType=policy")).json()
    assert [event["action"] for event in log] == ["policies.delete", "policies.change", "policies.create"]
    assert log[1]["before"] == {"riskType": "LOW", "actionType": 0}


async def test_who_changes_a_policy_can_say_from_which_state(team_on_each: PolicyWorkspace) -> None:
    team = team_on_each
    made = await team.there.post("/policy", json=draft(workspaceId=team.workspace_id))
    path = f"/policy/{made.json()['policy']['id']}"
    assert (made.headers["etag"], made.json()["policy"]["revision"]) == ('"1"', 1)
    first = {"If-Match": made.headers["etag"]}
    changed = await team.there.put(path, json={"name": "Q"}, headers=first)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await team.there.put(path, json={"name": "R"}, headers=first)
    assert stale.status_code == 412
    assert stale.json()["message"] == (
        "The policy was changed meanwhile: it is at revision 2, not 1. Read it again and repeat your change."
    )
    assert (await team.there.delete(path, headers=first)).status_code == 412
    read = await team.there.get(path)
    assert (read.json()["policy"]["name"], read.headers["etag"]) == ("Q", '"2"')
    assert (await team.there.delete(path, headers={"If-Match": '"2"'})).status_code == 200


WRONG: tuple[tuple[Json, str], ...] = (
    ({"name": " "}, "name: must not be empty"),
    ({"name": "two\nlines"}, "name: holds a line break"),
    ({"riskType": "SEVERE"}, "riskType: must be one of 'LOW', 'MEDIUM' or 'HIGH'."),
    ({"actionType": 3}, "actionType: must be 2 or less."),
    ({"actionType": True}, "actionType"),
    ({"failMode": "ajar"}, "failMode"),
    ({"enabled": "no"}, "enabled: must be true or false"),
    ({"content": "  "}, "content: is required"),
    ({"content": "x\0"}, "content"),
    ({"orgId": "here"}, "orgId: must be an id"),
    ({"workspaceId": "there"}, "workspaceId: must be an id"),
    ({"more": 1}, "more: is not a field"),
    ({"rule": 1}, "rule: must be a JSON object"),
    ({"rule": {"kind": "magic"}}, "rule.kind: must be one of allowedModels"),
    ({"rule": {}}, "rule.kind"),
    ({"rule": {"kind": "allowedModels"}}, "rule: Object missing required field `models`."),
    ({"rule": {"kind": "allowedModels", "models": []}}, "rule.models"),
    ({"rule": {"kind": "allowedModels", "models": ["a", 1]}}, "rule.models[1]: Expected `str`, got `int`."),
    ({"rule": {"kind": "allowedModels", "models": ["a"], "mood": 1}}, "rule: Object contains unknown field `mood`."),
    ({"rule": {"kind": "allowedProviders", "providers": ["openai", "acme"]}}, "rule.providers[1]: is no provider"),
    ({"rule": {"kind": "paidModels", "mode": "block"}}, "rule.mode: says 'block' and actionType 0 says 'log'"),
    ({"rule": {"kind": "ceilings"}}, "rule: name at least one of"),
    ({"rule": {"kind": "ceilings", "maxInputTokens": -1}}, "rule.maxInputTokens"),
    ({"rule": {"kind": "patterns", "patterns": ["a", "(?=b)"]}}, "rule.patterns[1]: is no regular expression"),
    ({"rule": {"kind": "patterns", "patterns": ["\\w{1000}"]}}, "rule.patterns[0]: is no regular expression"),
    ({"rule": {"kind": "personalData", "kinds": ["shoe size"]}}, "rule.kinds[0]"),
    ({"rule": {"kind": "personalData", "kinds": ["nationalId"]}}, "rule.countries: name the countries"),
    ({"rule": {"kind": "personalData", "kinds": ["phone"], "countries": ["Germany"]}}, "rule.countries[0]"),
)


async def test_wrong_policies_are_refused_by_field(team: PolicyWorkspace) -> None:
    for fields, message in WRONG:
        answer = await team.there.post("/policy", json=draft(**{"workspaceId": team.workspace_id, **fields}))
        assert answer.status_code == 400, answer.text
        assert set(answer.json()) == {"success", "message"}
        assert answer.json()["success"] is False
        assert message in answer.json()["message"]
    assert (await team.there.get("/policy")).json()["policies"] == []


CHANGES: tuple[tuple[Json, str], ...] = (
    ({}, "Send at least one of name, content"),
    ({"workspaceId": new_id()}, "Send at least one of"),
    ({"name": "x", "workspaceId": new_id()}, "workspaceId: is fixed"),
    ({"name": "x", "repoId": new_id()}, "repoId: is fixed"),
    ({"rule": {"kind": "magic"}}, "rule.kind"),
)


async def test_a_change_must_say_something_and_keep_the_scope(team: PolicyWorkspace) -> None:
    policy = await team.add()
    for change, message in CHANGES:
        answer = await team.there.put(f"/policy/{policy['id']}", json=change)
        assert answer.status_code == 400
        assert message in answer.json()["message"]
    assert (await team.there.get(f"/policy/{policy['id']}")).json()["policy"] == policy


async def test_a_rule_can_be_taken_away_when_words_are_left(team: PolicyWorkspace) -> None:
    policy = await team.add(content="", rule={"kind": "ceilings", "maxImages": 0})
    refused = await team.there.put(f"/policy/{policy['id']}", json={"rule": None})
    assert refused.status_code == 400
    assert refused.json()["message"].startswith("content: is required")
    kept = await team.there.put(f"/policy/{policy['id']}", json={"rule": None, "content": "No pictures."})
    assert kept.json()["policy"]["rule"] is None


async def test_the_parts_of_a_scope_belong_together(team: PolicyWorkspace) -> None:
    app = await team.make("/api/applications", {"name": "App"})
    other = await team.make("/api/applications", {"name": "Other"})
    own_key = await team.make("/api/keys", {"name": "k", "applicationId": app["id"]})
    elsewhere = await team.admin.make_workspace("Elsewhere")
    foreign = (await team.admin.at(elsewhere).post("/api/applications", json={"name": "F"})).json()
    good = await team.add(repoId=app["id"], keyId=own_key["id"])
    assert (good["repoId"], good["keyId"]) == (app["id"], own_key["id"])
    for fields, message in (
        ({"repoId": foreign["id"]}, "repoId: names no application of this workspace."),
        ({"keyId": new_id()}, "keyId: names no API key"),
        ({"repoId": other["id"], "keyId": own_key["id"]}, "keyId: names a key of another application"),
        ({"workspaceId": None, "repoId": app["id"]}, "workspaceId: is required with repoId"),
    ):
        answer = await team.there.post("/policy", json=draft(**{"workspaceId": team.workspace_id, **fields}))
        assert (answer.status_code, message in answer.json()["message"]) == (400, True), answer.text
    assert (await team.there.post("/policy", json=draft(orgId=new_id()))).status_code == 404
    assert (await team.there.get(f"/policy?orgId={new_id()}")).status_code == 404
    of_app = await team.there.get(f"/policy?repoId={app['id']}")
    assert [policy["id"] for policy in of_app.json()["policies"]] == [good["id"]]


async def test_roles(team: PolicyWorkspace) -> None:
    for role in ("viewer", "member", "admin", "owner"):
        await try_role(team, role)


async def try_role(team: PolicyWorkspace, role: str) -> None:
    policy = await team.add()
    person = await team.live.add_user(team.admin, f"the-{role}@example.com")
    await team.live.join(team.admin, team.workspace_id, person, role)
    there = person.at(team.workspace_id)
    may = role in {"admin", "owner"}
    assert (await there.get(f"/policy/{policy['id']}")).status_code == 200
    assert policy in (await there.get("/policy")).json()["policies"]
    # Also without naming the workspace, where the caller is the owner of their own.
    for client in (there, person.client):
        made = await client.post("/policy", json=draft(workspaceId=team.workspace_id))
        assert made.status_code == (201 if may else 403), made.text
        changed = await client.put(f"/policy/{policy['id']}", json={"name": "x"})
        assert changed.status_code == (200 if may else 403)
        listed = await client.get(f"/policy/{policy['id']}/violations")
        assert listed.status_code == (200 if may else 403)
        listed = await client.get(f"/policy/violations?workspaceId={team.workspace_id}")
        assert listed.status_code == (200 if may else 403)
    # The installation's are its administrator's alone, whatever somebody is in a workspace.
    assert (await person.client.post("/policy", json=draft())).status_code == 403
    assert (await there.delete(f"/policy/{policy['id']}")).status_code == (200 if may else 403)
    if not may:
        log = (await team.there.get(f"/api/audit?outcome=refused&actorId={person.id}")).json()
        assert sorted(event["action"] for event in log) == ["policies.change"] * 5 + ["violations.read"] * 4


async def test_another_tenant_finds_nothing(team: PolicyWorkspace) -> None:
    policy = await team.add()
    stranger = await team.live.add_user(team.admin, "stranger@example.com")
    path = f"/policy/{policy['id']}"
    for answer in (
        await stranger.client.get(path),
        await stranger.client.put(path, json={"name": "x"}),
        await stranger.client.delete(path),
        await stranger.client.get(f"{path}/violations"),
        await stranger.client.get(f"{path}/alerts"),
        await stranger.client.get(f"/policy?workspaceId={team.workspace_id}"),
        await stranger.client.get(f"/policy/violations?workspaceId={team.workspace_id}"),
        await stranger.client.post("/policy", json=draft(workspaceId=team.workspace_id)),
        await stranger.at(team.workspace_id).get(path),
    ):
        assert answer.status_code == 404, answer.text
        assert answer.json()["success"] is False
    assert (await stranger.client.get("/policy")).json()["policies"] == []
    log = (await stranger.client.get("/api/audit?outcome=refused")).json()
    assert {"policies.read", "policies.change", "violations.read"} <= {event["action"] for event in log}


async def test_keys(team: PolicyWorkspace) -> None:
    """A manage key acts in its own workspace; that of an application sees its own policies and changes none."""
    policy = await team.add()
    app = await team.make("/api/applications", {"name": "App"})
    other = await team.make("/api/applications", {"name": "Other"})
    of_app, of_other = await team.add(repoId=app["id"]), await team.add(repoId=other["id"])
    wide = team.live.client((await team.make("/api/keys", {"name": "k", "scope": "manage"}))["key"])
    narrow_key = await team.make("/api/keys", {"name": "k", "scope": "manage", "applicationId": app["id"]})
    narrow = team.live.client(narrow_key["key"])
    elsewhere = await team.admin.make_workspace("Elsewhere")
    assert (await wide.post("/policy", json=draft(workspaceId=team.workspace_id))).status_code == 201
    assert (await wide.post("/policy", json=draft(workspaceId=elsewhere))).status_code == 404
    assert (await wide.post("/policy", json=draft())).status_code == 403
    assert (await team.caller.get("/policy")).status_code == 403
    seen = {each["id"] for each in (await narrow.get("/policy")).json()["policies"]}
    assert {policy["id"], of_app["id"]} <= seen
    assert of_other["id"] not in seen
    assert (await narrow.get(f"/policy/{of_other['id']}")).status_code == 404
    assert (await narrow.get(f"/policy/{of_other['id']}/violations")).status_code == 404
    assert (await narrow.put(f"/policy/{of_app['id']}", json={"name": "x"})).status_code == 403
    assert (await narrow.delete(f"/policy/{policy['id']}")).status_code == 403


async def test_fixed_paths_are_no_ids_and_pages_are_bounded(team: PolicyWorkspace) -> None:
    for path in ("/policy/violations", "/policy/alerts"):
        empty = await team.there.get(f"{path}?skip=3&take=7")
        assert empty.json() == {"success": True, "violations": [], "total": 0, "skip": 3, "take": 7}
        for query in ("take=101", "take=0", "skip=-1", "take=x", "from=yesterday", "workspaceId=x"):
            answer = await team.there.get(f"{path}?{query}")
            assert answer.status_code == 400, query
            assert answer.json()["success"] is False
        for query in ("limit=101", "limit=0", "cursor=x", "cursor=", "cursor=bm90aGluZw"):
            answer = await team.there.get(f"{path}?{query}")
            assert answer.status_code == 400, query
        for query, wrong in (
            ("limit=5&skip=1", "skip: leave it out, or limit"),
            ("limit=5&take=1", "take: leave it out, or limit"),
            ("cursor=x&take=5&skip=0", "skip: leave it out, or cursor"),
        ):
            answer = await team.there.get(f"{path}?{query}")
            assert answer.status_code == 400, query
            assert wrong in answer.json()["message"]
    assert (await team.there.get(f"/policy/{new_id()}")).status_code == 404
    assert (await team.there.get("/policy/nothing")).status_code == 404
    assert (await team.live.client().get("/policy")).json()["success"] is False


async def test_there_is_a_limit(team: PolicyWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.control.policies.policies.MOST", 2)
    await team.add()
    policy = await team.add()
    full = await team.there.post("/policy", json=draft(workspaceId=team.workspace_id))
    assert full.status_code == 409
    await team.there.delete(f"/policy/{policy['id']}")
    await team.add()
