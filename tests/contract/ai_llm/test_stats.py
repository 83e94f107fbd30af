"""What entries were used for: calls and tokens from the accounts, broken policies from what was recorded."""

from __future__ import annotations

from typing import Any

from tests.contract.configurations.upstream import Answer, Upstream
from tests.contract.live_server import LiveServer, eventually
from trunkline.core.ids import new_id
from trunkline.storage.tables import PolicyViolation

from .scene import NOBODYS, database_of, failed, make

ZEROS = {
    "totalApiCalls": 0,
    "totalTokensIn": 0,
    "totalTokensOut": 0,
    "totalPolicyViolations": 0,
    "totalAlerts": 0,
    "totalBlocks": 0,
}
ANSWER = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 90, "completion_tokens": 40, "total_tokens": 130},
}


async def test_stats_count_real_calls(live_on_each: LiveServer, upstream: Upstream) -> None:
    live = live_on_each
    admin = await live.admin()
    team, other = await admin.make_workspace("A"), await admin.make_workspace("B")
    member = await live.add_user(admin, "member@example.com")
    await live.join(admin, team, member, "member")
    upstream.answers["POST /v1/chat/completions"] = Answer(200, ANSWER)
    used = await make(admin.client, team, name="Used", aiType="OTHER", endpoint=upstream.url)
    unused = await make(admin.client, other, name="Unused", aiType="OTHER", endpoint=upstream.url)
    for person in (admin, member):
        program = live.client((await person.make_key(team))["key"])
        for model in ("Used/gpt-4o", "Used/gpt-4o-mini"):
            call = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
            assert (await program.post("/v1/chat/completions", json=call)).status_code == 200
    upstream.answers["POST /v1/chat/completions"] = Answer(400, {"error": {"message": "no"}})
    call = {"model": "Used/gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}
    assert (await program.post("/v1/chat/completions", json=call)).status_code == 400

    async def settled() -> list[dict[str, Any]] | None:
        answer = await admin.client.get(f"/ai/llm/stats?aiLlmId={used}")
        assert answer.status_code == 200
        assert set(answer.json()) == {"success", "stats"}
        (one,) = answer.json()["stats"]
        return [one] if one["totalApiCalls"] == 5 else None

    (one,) = await eventually(settled)
    assert one == {**ZEROS, "aiLlmId": used, "totalApiCalls": 5, "totalTokensIn": 360, "totalTokensOut": 160}
    everything = (await admin.client.get("/ai/llm/stats")).json()["stats"]
    by_id = {each["aiLlmId"]: each for each in everything}
    assert (by_id[used], by_id[unused]) == (one, {**ZEROS, "aiLlmId": unused})
    # The member sees what others used too, and nothing of the other workspace.
    seen = (await member.client.get("/ai/llm/stats")).json()["stats"]
    assert [each for each in seen if each["aiLlmId"] in by_id] == [one]
    failed(await member.client.get(f"/ai/llm/stats?aiLlmId={unused}"), 404)
    for unknown in (NOBODYS, "ai-llm-id-123"):
        failed(await admin.client.get(f"/ai/llm/stats?aiLlmId={unknown}"), 404)


async def test_stats_count_what_broke_policies(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    team = await admin.make_workspace()
    made = await make(admin.client, team)
    async with database_of(live_on_each) as database, database.write() as tx:
        # 0 is only written down, 1 is an alert, 2 a block; one is of a configuration that is gone.
        for action, configuration_id in ((0, made), (1, made), (1, made), (2, made), (2, NOBODYS), (2, None)):
            tx.add(
                PolicyViolation(
                    policy_id=new_id(),
                    policy_name="No secrets",
                    workspace_id=team,
                    user_id=admin.id,
                    configuration_id=configuration_id,
                    provider="openai",
                    model="gpt-4o",
                    host="api.openai.com",
                    risk_type="LOW",
                    action_type=action,
                    explanation="",
                    request_id="r",
                )
            )
    expected = {**ZEROS, "aiLlmId": made, "totalPolicyViolations": 4, "totalAlerts": 2, "totalBlocks": 1}
    for query in (f"?aiLlmId={made}", ""):
        answer = await admin.at(team).get(f"/ai/llm/stats{query}")
        assert answer.json() == {"success": True, "stats": [expected]}
