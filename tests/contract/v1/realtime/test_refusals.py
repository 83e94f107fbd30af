"""What is refused: before the connection is another one, in HTTP; after that by an event, and the session goes on."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.contract.v1.call_server import CallServer, Prices
from tests.contract.v1.entries import KEY, configuration
from tests.contract.v1.realtime.talk import change_part, dial, hear, hear_error, make_gateway, say, say_text
from tests.contract.v1.test_budgets import Purse, make_budget
from tests.contract.v1.test_limits import each_key
from tests.upstreams import realtime
from tests.upstreams.realtime import SPEECH, Plan, Provider
from trunkline.core.errors import Forbidden, Unavailable
from trunkline.gateway.budgets.budget_gate import BudgetGate
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.gates.limit_gate import LimitGate


async def read_refusal(dialled: connect) -> tuple[int, dict[str, Any]]:
    """The status and the error of an answer that is no WebSocket."""
    with pytest.raises(InvalidStatus) as caught:
        async with dialled:
            pass
    answer = caught.value.response
    return answer.status_code, json.loads(answer.body or b"")["error"]


@pytest.mark.parametrize(
    ("query", "status", "code", "words"),
    [
        ("", 400, "missing_model", "?model="),
        ("?model=nobody", 404, "model_not_found", "nobody"),
        ("?model=claude", 400, "unsupported", "Anthropic offers no realtime sessions"),
        ("?model=voice&call_id=rtc_1", 400, "invalid_request", "call_id"),
        ("?model=voice&url=http://169.254.169.254/", 400, "invalid_request", "url"),
        ("?model=voice&model=other", 400, "invalid_request", "model"),
        ("?model=voice&intent=other", 400, "invalid_request", "intent"),
    ],
)
async def test_what_cannot_be_asked_for_is_named(
    provider: Provider, query: str, status: int, code: str, words: str
) -> None:
    claude = configuration("claude", "anthropic", model="claude", api_key="sk-ant-abcdefghijkl")
    with make_gateway(provider, claude).serve() as bare:
        told, error = await read_refusal(dial(bare, query))
    assert (told, error["code"]) == (status, code)
    assert words in error["message"]
    assert provider.heads == []


async def test_who_has_no_good_key_gets_no_connection(bare: CallServer, provider: Provider) -> None:
    assert (await read_refusal(dial(bare, key=None)))[0] == 401
    assert (await read_refusal(dial(bare, key="tl-other")))[0] == 401
    offered: Any = ["realtime", "openai-insecure-api-key.tl-other"]
    status, error = await read_refusal(dial(bare, subprotocols=offered))
    assert (status, error["code"]) == (400, "conflicting_credentials")
    assert provider.heads == []


def test_without_an_upgrade_it_is_told_how_to_ask(bare: CallServer) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    told = httpx2.get(f"{bare.url}/v1/realtime?model=voice", headers=headers)
    assert (told.status_code, told.json()["error"]["code"]) == (400, "websocket_required")
    wrong = httpx2.post(f"{bare.url}/v1/realtime?model=voice", headers=headers)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")


def test_an_upgrade_elsewhere_is_passed_over(bare: CallServer) -> None:
    headers = {"authorization": f"Bearer {KEY}", "connection": "upgrade", "upgrade": "websocket"}
    assert httpx2.get(f"{bare.url}/v1/models", headers=headers).status_code == 200


async def test_pages_of_others_may_not_call_where_that_is_said(provider: Provider) -> None:
    with make_gateway(provider, cors_origins="https://app.example").serve() as bare:
        status, error = await read_refusal(dial(bare, origin="https://other.example"))
        assert status == 403
        assert "TRUNKLINE_CORS_ORIGINS" in error["message"]
        async with dial(bare, origin="https://app.example") as session:
            await hear(session, "session.created")


async def test_a_key_that_the_provider_rejects_is_never_shown(provider: Provider) -> None:
    wrong = "sk-wrong-abcdefghijklmnop"
    bad = configuration("bad", "openai", model="gpt-realtime", base_url=provider.url, api_key=wrong)
    with make_gateway(provider, bad).serve() as bare:
        status, error = await read_refusal(dial(bare, "?model=bad"))
    assert (status, error["code"]) == (502, "upstream_auth")
    assert wrong not in str(error)


async def test_a_forbidden_address_is_not_called(provider: Provider) -> None:
    metadata = configuration("inside", "custom", model="m", base_url="http://169.254.169.254/v1")
    with make_gateway(provider, metadata).serve() as bare:
        status, _ = await read_refusal(dial(bare, "?model=inside"))
    assert status == 502
    assert provider.heads == []


async def test_a_response_beyond_a_limit_is_answered_by_an_event(provider: Provider) -> None:
    with make_gateway(provider, gates=(LimitGate(),)).serve() as bare:
        change_part(bare, limits=(each_key(amount=1),))
        async with dial(bare) as session:
            await say(session, "response.create")
            await hear(session, "response.done")
            await say(session, "response.create", event_id="mine")
            error = await hear_error(session)
            assert (error["type"], error["code"], error["event_id"]) == ("requests", "rate_limit_exceeded", "mine")
            assert "1 request per hour for this API key is reached." in error["message"]
            # It goes on.
            await say_text(session, "Hello")
            await hear(session, "conversation.item.added")
        assert (await read_refusal(dial(bare)))[0] == 429
    assert len(bare.books.events) == 1
    assert [event["type"] for event in provider.events].count("response.create") == 1


async def test_a_response_of_the_providers_own_beyond_a_limit_is_stopped(provider: Provider) -> None:
    provider.plan = Plan(stalls=True)
    with make_gateway(provider, gates=(LimitGate(),)).serve() as bare:
        async with dial(bare) as session:
            await hear(session, "session.created")
            change_part(bare, limits=(each_key("tokens", 1),))
            await say(session, "input_audio_buffer.append", audio="A" * 64_000 + SPEECH)
            event = json.loads(await session.recv())
            # Nothing of the response is seen.
            assert (event["type"], event["error"]["code"]) == ("error", "too_large")
            provider.wait(lambda: provider.events[-1]["type"] == "response.cancel")
            await say_text(session, "Hello")
            await hear(session, "conversation.item.added")
    written = bare.books.last()
    # What it used until it was stopped is accounted for.
    assert (written.outcome, written.error, written.usage.output) == ("error", "too_large", 121)


async def test_a_hard_budget_holds_each_response(provider: Provider) -> None:
    budget = make_budget(200_000 * 2_000)
    gate = BudgetGate(LeaseDesk(Purse((budget,)), "here"), Prices(), lambda *_: 100_000)
    with make_gateway(provider, gates=(gate,), budgets=(budget,)).serve() as bare:
        async with dial(bare) as session:
            setting = {"type": "realtime", "max_output_tokens": 1_000}
            await say(session, "session.update", session=setting)
            await hear(session, "session.updated")
            await say(session, "response.create")
            await hear(session, "response.done")
            await say(session, "response.create", response={"max_output_tokens": 90_000})
            error = await hear_error(session)
    assert error["code"] == "insufficient_quota"
    assert 'The budget "Team Search"' in error["message"]
    written = bare.books.last()
    assert written.leases == {"b": "b"}
    assert written.held_nanos is not None
    assert 1_000 * 8_000 < written.held_nanos < 200_000 * 2_000


class Reader:
    """A gate that refuses a word."""

    def concerns(self, *_: Any) -> bool:
        return True

    async def enter(self, call: Any) -> None:
        pass

    async def admit(self, call: Any, *_: Any) -> None:
        if any("secret" in text for text in call.exchange.content().texts):
            raise Forbidden("Blocked.", code="policy_violation")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("session.update", {"session": {"type": "realtime", "instructions": "a secret"}}),
        (
            "conversation.item.create",
            {"item": {"type": "function_call_output", "call_id": "c", "output": '{"x": "secret"}'}},
        ),
        ("response.create", {"response": {"instructions": "a secret"}}),
    ],
)
async def test_gates_see_every_text_before_a_response_is_made_of_it(
    provider: Provider, kind: str, fields: dict[str, Any]
) -> None:
    with make_gateway(provider, gates=(Reader(),)).serve() as bare:
        async with dial(bare) as session:
            await say(session, kind, **fields)
            if kind != "response.create":
                await say(session, "response.create")
            assert (await hear_error(session))["code"] == "policy_violation"
    assert "response.create" not in {event["type"] for event in provider.events}
    assert bare.books.events == []


async def test_the_model_of_a_session_is_not_changed(bare: CallServer, provider: Provider) -> None:
    async with dial(bare) as session:
        await say(session, "session.update", session={"type": "realtime", "model": "gpt-realtime-mini"})
        error = await hear_error(session)
        assert (error["param"], error["code"]) == ("session.model", "invalid_request")
        await session.send("[not an event")
        assert "must be an event" in (await hear_error(session))["message"]
        await say(session, "session.update", session={"type": "realtime", "model": "gpt-realtime"})
        await hear(session, "session.updated")
    assert [event["session"]["model"] for event in provider.events] == ["gpt-realtime"]


async def test_keys_in_what_the_provider_says_are_taken_out(bare: CallServer, provider: Provider) -> None:
    async with dial(bare) as session:
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": realtime.KEY}]}
        await say(session, "conversation.item.create", item=item)
        async with asyncio.timeout(20):
            assert realtime.KEY not in json.dumps(await hear(session, "conversation.item.added"))


async def test_a_response_whose_beginning_cannot_be_written_is_not_asked_for(
    bare: CallServer, provider: Provider
) -> None:
    async with dial(bare) as session:
        bare.books.write_fault = Unavailable("The disk is full.", code="journal_unavailable")
        await say(session, "response.create")
        assert (await hear_error(session))["code"] == "journal_unavailable"
        bare.books.write_fault = None
        assert provider.events == []
        await say(session, "response.create")
        await hear(session, "response.done")
    refused, served = bare.books.events
    assert (refused.outcome, refused.usage.total, served.outcome) == ("error", 0, "ok")
