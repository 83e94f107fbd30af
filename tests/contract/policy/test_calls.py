"""Calls held to rules: in every dialect and kind of call, with every carrier of a key, streamed and whole."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.contract.configurations.upstream import Upstream, openai_stream
from tests.contract.policy.policy_workspace import Json, PolicyWorkspace

SECRET = "geheim-4711"
RULE: Json = {"kind": "patterns", "patterns": ["geheim-[0-9]+"]}


@dataclass
class Form:
    """One form of call that sends a text to a model, and where the answer to a refusal has its words."""

    name: str
    path: str
    body: Json | None
    words: tuple[str, ...] = ("error", "message")
    form: dict[str, Any] | None = None


def messages(text: str = SECRET) -> list[Json]:
    return [{"role": "user", "content": text}]


GEMINI = {"contents": [{"role": "user", "parts": [{"text": SECRET}]}]}
TOOL_CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"q": "\\u0067eheim-4711"}'}}

FORMS = [
    Form("chat", "/v1/chat/completions", {"model": "Up", "messages": messages()}),
    Form("chat, streamed", "/v1/chat/completions", {"model": "Up", "messages": messages(), "stream": True}),
    Form("by id of provider", "/v1/chat/completions", {"model": "custom/other", "messages": messages()}),
    Form(
        "in a part",
        "/v1/chat/completions",
        {"model": "Up", "messages": [{"role": "user", "content": [{"type": "text", "text": SECRET}]}]},
    ),
    Form(
        "in a result of a tool",
        "/v1/chat/completions",
        {
            "model": "Up",
            "messages": [
                *messages("Hello"),
                {"role": "assistant", "tool_calls": [{**TOOL_CALL, "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": SECRET},
            ],
        },
    ),
    Form(
        "escaped in a call of a tool",
        "/v1/chat/completions",
        {"model": "Up", "messages": [*messages("Hello"), {"role": "assistant", "tool_calls": [TOOL_CALL]}]},
    ),
    Form("instructions", "/v1/responses", {"model": "Up", "input": "Hello", "instructions": SECRET}),
    Form("responses", "/v1/responses", {"model": "Up", "input": SECRET}),
    Form("responses, streamed", "/v1/responses", {"model": "Up", "input": SECRET, "stream": True}),
    Form("messages", "/v1/messages", {"model": "Up", "max_tokens": 9, "messages": messages()}),
    Form(
        "messages, streamed", "/v1/messages", {"model": "Up", "max_tokens": 9, "messages": messages(), "stream": True}
    ),
    Form("system", "/v1/messages", {"model": "Up", "max_tokens": 9, "system": SECRET, "messages": messages("Hello")}),
    Form("counted", "/v1/messages/count_tokens", {"model": "Claude", "messages": messages()}),
    Form("generate", "/v1beta/models/Up:generateContent", GEMINI),
    Form("generate, streamed", "/v1beta/models/Up:streamGenerateContent?alt=sse", GEMINI),
    Form("generate, as an array", "/v1beta/models/Up:streamGenerateContent", GEMINI),
    Form("embeddings", "/v1/embeddings", {"model": "Up", "input": ["Hello", SECRET]}),
    Form(
        "embeddings of Gemini",
        "/v1beta/models/Up:embedContent",
        {"content": {"parts": [{"text": SECRET}]}},
    ),
    Form("images", "/v1/images/generations", {"model": "Up", "prompt": SECRET}),
    Form("speech", "/v1/audio/speech", {"model": "Up", "input": SECRET, "voice": "a"}),
    Form("moderations", "/v1/moderations", {"model": "Up", "input": [SECRET]}),
    Form("rerank", "/v1/rerank", {"model": "Up", "query": "q", "documents": ["a", {"text": SECRET}]}),
    Form("completions", "/v1/completions", {"model": "Up", "prompt": SECRET}),
    Form("completions, streamed", "/v1/completions", {"model": "Up", "prompt": [SECRET], "stream": True}),
    Form(
        "edits",
        "/v1/images/edits",
        None,
        form={"data": {"model": "Up", "prompt": SECRET}, "files": {"image": ("a.png", b"\x89PNG", "image/png")}},
    ),
    Form(
        "transcriptions",
        "/v1/audio/transcriptions",
        None,
        form={"data": {"model": "Up", "prompt": SECRET}, "files": {"file": ("a.wav", b"RIFF", "audio/wav")}},
    ),
]


async def configure(team: PolicyWorkspace, upstream: Upstream) -> None:
    body = {"name": "Up", "provider": "custom", "model": "m", "baseUrl": f"{upstream.url}/v1", "shared": True}
    await team.make("/api/configurations", body)
    claude = {"name": "Claude", "provider": "anthropic", "model": "claude-x", "baseUrl": upstream.url, "shared": True}
    await team.make("/api/configurations", {**claude, "apiKey": "sk-ant-x"})


async def send(client: httpx2.AsyncClient, call: Form) -> httpx2.Response:
    if call.form is not None:
        return await client.post(call.path, **call.form)
    return await client.post(call.path, json=call.body)


async def test_no_way_leads_past_a_policy(team: PolicyWorkspace, upstream: Upstream) -> None:
    await configure(team, upstream)
    await team.add(name="No secrets", rule=RULE)
    for call in FORMS:
        answer = await send(team.caller, call)
        assert answer.status_code == 403, (call.name, answer.text)
        told: Any = answer.json()
        if isinstance(told, list):
            told = told[0]
        for step in call.words:
            told = told[step]
        assert told == 'Blocked by the policy "No secrets".', call.name
        assert "geheim" not in answer.text
    assert upstream.asked == []
    found = await team.violations(len(FORMS), "/policy/violations?take=100")
    assert len(found) == len(FORMS)
    assert {each["actionType"] for each in found} == {2}
    assert not any("geheim" in json.dumps(each) for each in found)
    assert await walk(team, "/policy/violations?limit=4") == [each["id"] for each in found]
    assert await walk(team, f"/policy/{found[0]['policyId']}/violations?limit=100") == [each["id"] for each in found]
    assert await walk(team, "/policy/alerts?limit=4") == []
    # What was refused costs nothing.
    assert (await team.there.get("/api/usage")).json()["events"] == []


async def walk(team: PolicyWorkspace, path: str | None) -> list[str]:
    """The ids of all violations at ``path``, page by page, as its links lead on."""
    walked: list[str] = []
    totals: set[int] = set()
    while path is not None:
        answer = await team.there.get(path)
        assert answer.status_code == 200, answer.text
        walked += [each["id"] for each in answer.json()["violations"]]
        totals.add(answer.json()["total"])
        assert answer.json()["take"] == int(path.partition("limit=")[2].partition("&")[0])
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert totals == {len(walked)}
    return walked


async def test_no_carrier_of_a_key_leads_past_a_policy(team: PolicyWorkspace) -> None:
    await team.add(name="No secrets", rule=RULE)
    key = team.caller.headers["Authorization"].removeprefix("Bearer ")
    body = {"model": "Try", "max_tokens": 9, "messages": messages()}
    for headers in (
        {"Authorization": f"Bearer {key}"},
        {"x-api-key": key},
        {"x-goog-api-key": key},
        {"x-api-key": key, "anthropic-version": "2023-06-01"},
        {"Authorization": f"Bearer {key}", "X-Trunkline-Policies": "off", "X-Trunkline-Purpose": "judge"},
        {
            "Authorization": f"Bearer {team.admin.access_token}",
            "X-Trunkline-Workspace": team.workspace_id,
        },
    ):
        for path in ("/v1/chat/completions", "/v1/messages"):
            answer = await team.live.client().post(path, json=body, headers=headers)
            assert answer.status_code == 403, (headers.keys(), answer.text)


async def test_what_is_logged_or_alerted_goes_on(team_on_each: PolicyWorkspace, upstream: Upstream) -> None:
    team = team_on_each
    await configure(team, upstream)
    logs = await team.add(name="Logs", actionType=0, riskType="LOW", rule=RULE)
    alerts = await team.add(name="Alerts", actionType=1, riskType="MEDIUM", rule=RULE)
    upstream.answers["POST /v1/chat/completions"] = openai_stream("well")
    answer = await team.caller.post(
        "/v1/chat/completions",
        json={"model": "Up", "messages": messages(), "stream": True},
        headers={"x-request-id": "one"},
    )
    assert answer.status_code == 200
    assert "well" in answer.text
    assert SECRET in upstream.asked[0].body.decode()
    found = {each["policyName"]: each for each in await team.violations(2)}
    assert found.keys() == {"Logs", "Alerts"}
    entry = found["Alerts"]
    configuration = next(each for each in (await team.there.get("/api/configurations")).json() if each["name"] == "Up")
    assert entry == {
        "id": entry["id"],
        "policyId": alerts["id"],
        "policyName": "Alerts",
        "userId": team.admin.id,
        "workspaceId": team.workspace_id,
        "repoId": None,
        "keyId": team.key_id,
        "aiLlmId": configuration["id"],
        "llmType": "OTHER",
        "llmModel": "m",
        "provider": "custom",
        "host": "127.0.0.1",
        "riskType": "MEDIUM",
        "actionType": 1,
        "explanation": "Pattern 1 of the policy was found in what was sent.",
        "requestId": "one",
        "timestamp": entry["timestamp"],
    }
    assert [each["id"] for each in await team.violations(1, "/policy/alerts")] == [entry["id"]]
    assert [each["id"] for each in await team.violations(1, f"/policy/{alerts['id']}/alerts")] == [entry["id"]]
    assert [each["policyName"] for each in await team.violations(1, f"/policy/{logs['id']}/violations")] == ["Logs"]
    assert await team.listed(f"/policy/{logs['id']}/alerts") == []
    for query, count in (
        ("llmType=OTHER,OPENAI", 1),
        ("llmType=openai", 0),
        ("llmType=custom", 1),
        ("llmModel=m,n", 1),
        ("llmModel=n", 0),
        ("host=127.0.0.1", 1),
        ("host=example.com", 0),
        ("from=2020-01-01", 1),
        ("to=2020-01-01", 0),
        (f"workspaceId={team.workspace_id}", 1),
    ):
        assert len(await team.listed(f"/policy/alerts?{query}")) == count, query
    # Only who may ask sees them, and the stats of the entry count them.
    stats = (await team.there.get(f"/ai/llm/stats?aiLlmId={configuration['id']}")).json()["stats"][0]
    counted = (stats["totalPolicyViolations"], stats["totalAlerts"], stats["totalBlocks"])
    assert counted == (2, 1, 0)
    stranger = await team.live.add_user(team.admin, "stranger@example.com")
    assert (await stranger.client.get("/policy/violations")).json()["total"] == 0


async def test_levels_add_up(team_on_each: PolicyWorkspace) -> None:
    """The installation's hold everywhere; a wider rule is never taken back by a narrower one."""
    team = team_on_each
    app = await team.make("/api/applications", {"name": "App"})
    app_key = await team.make("/api/keys", {"name": "k", "applicationId": app["id"]})
    other_key = await team.make("/api/keys", {"name": "k"})
    of_app, other = team.live.client(app_key["key"]), team.live.client(other_key["key"])
    body = {"model": "Try", "messages": messages("Hello")}

    async def codes() -> list[int]:
        return [
            (await client.post("/v1/chat/completions", json=body)).status_code
            for client in (of_app, team.caller, other)
        ]

    deny: Json = {"kind": "allowedModels", "models": ["demo-*"], "mode": "deny"}
    narrow = await team.add(name="App", rule=deny, repoId=app["id"])
    assert await codes() == [403, 200, 200]
    key = await team.add(name="Key", rule=deny, keyId=team.key_id)
    assert await codes() == [403, 403, 200]
    for policy in (narrow, key):
        await team.there.delete(f"/policy/{policy['id']}")
    assert await codes() == [200, 200, 200]
    allow: Json = {"kind": "allowedModels", "models": ["*"]}
    await team.add(name="Everything goes", rule=allow, keyId=team.key_id)
    everywhere = await team.admin.client.post(
        "/policy",
        json={"name": "Everywhere", "content": "", "riskType": "LOW", "actionType": 2, "rule": deny},
    )
    assert everywhere.status_code == 201, everywhere.text
    policy_id = everywhere.json()["policy"]["id"]
    assert everywhere.json()["policy"]["workspaceId"] is None
    assert await codes() == [403, 403, 403]
    # Its administrator sees what broke it in a workspace of somebody else, who sees it too.
    person = await team.live.add_user(team.admin, "person@example.com")
    made = {"name": "Own", "provider": "demo", "model": "demo-chat"}
    assert (await person.client.post("/api/configurations", json=made)).status_code == 201
    call = {"model": "Own", "messages": messages("Hello")}
    assert (await person.client.post("/v1/chat/completions", json=call)).status_code == 403
    assert (await person.client.get(f"/policy/{policy_id}")).status_code == 200
    assert (await person.client.put(f"/policy/{policy_id}", json={"name": "x"})).status_code == 403
    assert (await person.client.delete(f"/policy/{policy_id}")).status_code == 403
    changed = await team.admin.client.put(f"/policy/{policy_id}", json={"actionType": 0})
    assert changed.status_code == 200
    assert await codes() == [200, 200, 200]

    async def seen_by(client: httpx2.AsyncClient) -> set[str]:
        found = (await client.get(f"/policy/{policy_id}/violations?take=100")).json()["violations"]
        return {each["userId"] for each in found}

    await team.violations(6, f"/policy/{policy_id}/violations")
    assert await seen_by(team.admin.client) == {team.admin.id, person.id}
    assert await seen_by(person.client) == {person.id}
    assert (await team.admin.client.delete(f"/policy/{policy_id}")).status_code == 200
    await person.client.post("/v1/chat/completions", json=call)
    assert await seen_by(person.client) == {person.id}


async def test_a_change_holds_as_soon_as_it_is_acknowledged(team_on_each: PolicyWorkspace) -> None:
    team = team_on_each
    policy = await team.add(rule={"kind": "allowedProviders", "providers": ["openai"]})
    for action, status in ((2, 403), (0, 200), (2, 403), (1, 200)):
        changed = await team.there.put(f"/policy/{policy['id']}", json={"actionType": action})
        assert changed.status_code == 200
        assert (await team.chat()).status_code == status
    assert [each["actionType"] for each in await team.violations(4)] == [1, 2, 0, 2]


async def test_what_is_switched_off_holds_no_call_until_it_is_on_again(team_on_each: PolicyWorkspace) -> None:
    team = team_on_each
    deny: Json = {"kind": "allowedProviders", "providers": ["openai"]}
    own = await team.add(rule=deny, enabled=False)
    body = {"name": "Everywhere", "content": "", "riskType": "LOW", "actionType": 2, "rule": deny, "enabled": False}
    everywhere = (await team.admin.client.post("/policy", json=body)).json()["policy"]
    assert (await team.chat()).status_code == 200
    for policy, client in ((own, team.there), (everywhere, team.admin.client)):
        for enabled, status in ((True, 403), (False, 200), (True, 403), (False, 200)):
            changed = await client.put(f"/policy/{policy['id']}", json={"enabled": enabled})
            assert changed.json()["policy"]["enabled"] is enabled
            assert (await team.chat()).status_code == status
    assert {each["policyId"] for each in await team.violations(4)} == {own["id"], everywhere["id"]}
    log = (await team.there.get("/api/audit?targetType=policy&action=policies.change&limit=1")).json()
    assert (log[0]["before"], log[0]["after"]) == ({"enabled": True}, {"enabled": False})


async def test_paid_models(team: PolicyWorkspace, upstream: Upstream) -> None:
    await configure(team, upstream)
    rule: Json = {"kind": "paidModels", "mode": "block"}
    policy = await team.add(name="Nothing paid", rule=rule)
    assert (await team.chat()).status_code == 200  # what needs no key costs nothing
    # What nobody knows the price of: the fail mode counts.
    upstream.answer("POST /v1/chat/completions", {"id": "x", "choices": [{"message": {"content": "ok"}}]})
    assert (await team.chat(model="Up")).status_code == 200
    await team.there.put(f"/policy/{policy['id']}", json={"failMode": "closed"})
    refused = await team.chat(model="Up")
    assert refused.status_code == 403
    assert refused.json()["error"]["message"].startswith('The policy "Nothing paid" could not be checked')
    # A price that is known counts, whatever the base URL is.
    openai = {"name": "GPT", "provider": "openai", "model": "gpt-4o-mini", "baseUrl": f"{upstream.url}/v1"}
    await team.make("/api/configurations", {**openai, "apiKey": "sk-x", "shared": True})
    refused = await team.chat(model="GPT")
    assert refused.json()["error"]["message"] == 'Blocked by the policy "Nothing paid".'
    allowed = await team.there.put(f"/policy/{policy['id']}", json={"rule": {"kind": "paidModels", "mode": "allow"}})
    assert allowed.status_code == 200
    assert (await team.chat(model="GPT")).status_code == 200


async def test_the_mark_of_a_model_document_counts(team: PolicyWorkspace, upstream: Upstream) -> None:
    """``isPaid`` of the user's own document is what the rule looks at, before any price."""
    admin = team.admin
    entry: Json = {"provider": "Ollama", "type": "chat", "model": "llama3.2", "isPaid": False}
    made = await admin.client.post(
        "/api/v1/create/ai-model-config", json={"models": [{**entry, "apiKeyEncrypted": None}], "system_prompt": ""}
    )
    assert made.status_code == 201, made.text
    home = await admin.personal()
    body = {"name": "Nothing paid", "riskType": "LOW", "actionType": 2, "rule": {"kind": "paidModels"}}
    assert (await admin.client.post("/policy", json={**body, "workspaceId": home})).status_code == 201
    call = {"model": "llama3.2", "messages": messages("Hello")}
    free = await admin.client.post("/v1/chat/completions", json=call)
    assert free.status_code != 403, free.text
    paid = {"models": [{**entry, "isPaid": True}], "system_prompt": ""}
    assert (await admin.client.put("/api/v1/update/ai-model-config", json=paid)).status_code == 200
    refused = await admin.client.post("/v1/chat/completions", json=call)
    assert refused.json()["error"]["message"] == 'Blocked by the policy "Nothing paid".'


async def test_ceilings(team: PolicyWorkspace) -> None:
    policy = await team.add(name="Small", rule={"kind": "ceilings", "maxOutputTokens": 50, "maxInputTokens": 100})
    assert (await team.chat(max_tokens=50)).status_code == 200
    for fields in ({"max_tokens": 51}, {"max_tokens": 26, "n": 2}, {}):
        assert (await team.chat(**fields)).status_code == 403, fields
    assert (await team.chat("long " * 100, max_tokens=5)).status_code == 403
    # The configuration's own limit counts where the call names none.
    limited = {"name": "Limited", "provider": "demo", "model": "demo-chat", "shared": True}
    await team.make("/api/configurations", {**limited, "configuration": {"maxTokens": 50}})
    assert (await team.chat(model="Limited")).status_code == 200
    await team.there.put(f"/policy/{policy['id']}", json={"rule": {"kind": "ceilings", "maxImages": 1}})
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(b'x').decode()}"}}
    one = [{"role": "user", "content": [{"type": "text", "text": "Hello"}, picture]}]
    assert (await team.chat(messages=one)).status_code == 200
    two = [{"role": "user", "content": [{"type": "text", "text": "Hello"}, picture, picture]}]
    assert (await team.chat(messages=two)).status_code == 403


async def test_personal_data(team: PolicyWorkspace) -> None:
    rule: Json = {"kind": "personalData", "kinds": ["email", "phone", "iban", "creditCard"], "countries": ["DE"]}
    await team.add(name="Persons", rule=rule)
    assert (await team.chat("Order 1234567890, 3 pieces at 19.99")).status_code == 200
    for text in (
        "Write to ada.lovelace@example.com, please",
        "Call 030 901820",
        "Pay to DE89 3704 0044 0532 0130 00 today",
        "Card 4111 1111 1111 1111 expires",
    ):
        refused = await team.chat(text)
        assert refused.status_code == 403, text
    found = await team.violations(4)
    assert [each["explanation"] for each in reversed(found)] == [
        f"Personal data was found: {kind}." for kind in ("email", "phone", "iban", "creditCard")
    ]


async def test_input_that_cannot_be_read_is_undecided(team: PolicyWorkspace, upstream: Upstream) -> None:
    await configure(team, upstream)
    policy = await team.add(name="No secrets", rule=RULE)
    upstream.answer("POST /v1/embeddings", {"data": [{"index": 0, "embedding": [0.5]}], "model": "m"})
    body = {"model": "Up", "input": [[1, 2, 3]]}
    assert (await team.caller.post("/v1/embeddings", json=body)).status_code == 200
    await team.there.put(f"/policy/{policy['id']}", json={"failMode": "closed"})
    assert (await team.caller.post("/v1/embeddings", json=body)).status_code == 403


async def test_a_route_goes_on_to_what_no_policy_forbids(team: PolicyWorkspace, upstream: Upstream) -> None:
    await configure(team, upstream)
    ids = {each["name"]: each["id"] for each in (await team.there.get("/api/configurations")).json()}
    targets = [{"configurationId": ids["Up"]}, {"configurationId": ids["Try"], "priority": 1}]
    await team.make("/api/routes", {"name": "way", "targets": targets})
    await team.add(name="Not there", rule={"kind": "allowedProviders", "providers": ["custom"], "mode": "deny"})
    answer = await team.chat(model="way")
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-trunkline-configuration"] == ids["Try"]
    assert upstream.asked == []
    (found,) = await team.violations()
    assert found["aiLlmId"] == ids["Up"]
