"""Realtime sessions that go well: who serves them, what the provider is sent, and what stands in the books."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.contract.v1.realtime.talk import dial, hear, hear_error, make_gateway, say, say_text
from tests.e2e.server import wait_for
from tests.upstreams import aimock, realtime
from tests.upstreams.realtime import SPEECH, Plan, Provider


async def test_openais_own_client_talks_to_a_configuration(bare: CallServer, provider: Provider) -> None:
    kinds: list[str] = []
    async with (
        openai.AsyncOpenAI(base_url=f"{bare.url}/v1", api_key=KEY) as client,
        client.realtime.connect(model="voice") as session,
    ):
        await session.session.update(session={"type": "realtime", "model": "voice", "instructions": "Be brief."})
        await session.response.create()
        async for event in session:
            kinds.append(event.type)
            if event.type == "response.done":
                break
    assert kinds[:2] == ["session.created", "session.updated"]
    assert "response.output_audio.delta" in kinds
    # The provider knows the model by its own name, and us by the configuration's key.
    head = provider.heads[0]
    assert (head["target"], head["Authorization"]) == (
        "/v1/realtime?model=gpt-realtime",
        f"Bearer {realtime.KEY}",
    )
    assert KEY not in str(head)
    assert provider.events[0]["session"] == {"type": "realtime", "model": "gpt-realtime", "instructions": "Be brief."}


async def test_each_response_is_counted_as_its_provider_counts_it(bare: CallServer) -> None:
    async with dial(bare) as session:
        for _ in range(2):
            await say(session, "response.create")
            await hear(session, "response.done")
            # It is in the books before the client sees that it is complete.
            assert bare.books.events
    assert len(bare.books.events) == 2
    event = bare.books.events[-1]
    usage = event.usage
    assert (event.operation, event.outcome, event.status, event.model) == ("realtime", "ok", 200, "gpt-realtime")
    assert (usage.input, usage.cached, usage.audio_input, usage.cached_audio) == (132, 64, 13, 4)
    assert (usage.output, usage.audio_output) == (121, 91)
    assert (event.requested_model, event.key_id, event.usage_estimated) == ("voice", "k-1", False)
    assert event.first_token_us is not None
    assert event.cost_nanos == 132 * 2_000 + 121 * 8_000
    assert len({event.request_id for event in bare.books.events}) == 1


async def test_a_browser_sends_its_key_among_the_subprotocols(bare: CallServer, provider: Provider) -> None:
    offered: Any = ["realtime", f"openai-insecure-api-key.{KEY}"]
    async with dial(bare, key=None, subprotocols=offered) as session:
        assert session.subprotocol == "realtime"
        await hear(session, "session.created")
    assert KEY not in str(provider.heads[0])


async def test_what_the_client_says_of_itself_to_openai_goes_on(bare: CallServer, provider: Provider) -> None:
    headers = {"OpenAI-Safety-Identifier": "user-7", "OpenAI-Beta": "realtime=v1", "X-Api-Key": KEY, "Cookie": "a=b"}
    async with dial(bare, headers=headers):
        pass
    head = {name.lower(): value for name, value in provider.heads[0].items()}
    assert (head["openai-safety-identifier"], head["openai-beta"]) == ("user-7", "realtime=v1")
    assert not {"x-api-key", "cookie", "sec-websocket-protocol"} & head.keys()


async def test_the_next_target_of_a_route_serves_where_the_first_fails(provider: Provider) -> None:
    with realtime.start() as broken:
        broken.plan = Plan(status=503)
        first = configuration(
            "broken", "openai", model="gpt-realtime", base_url=broken.url, api_key=realtime.KEY, shared=True
        )
        speaks_none = configuration("chat", "anthropic", model="claude", api_key="sk-ant-abcdefghijkl", shared=True)
        any_voice = route("any", "chat", "broken", "voice")
        with make_gateway(provider, first, speaks_none, routes=[any_voice]).serve() as bare:
            async with dial(bare, "?model=any") as session:
                await say(session, "response.create")
                await hear(session, "response.done")
        assert len(broken.heads) == 1
    assert bare.books.last().configuration_id == "id-voice"
    assert bare.books.last().route_id == "route-any"


async def test_a_response_that_the_provider_begins_by_itself_is_counted(bare: CallServer) -> None:
    async with dial(bare) as session:
        await say(session, "input_audio_buffer.append", audio=SPEECH)
        await hear(session, "response.done")
    assert [event.usage.audio_output for event in bare.books.events] == [91]


@pytest.mark.parametrize(("model", "audio", "ms"), [("gpt-4o-transcribe", 13, 0), ("whisper-1", 0, 3_000)])
async def test_a_transcript_is_billed_beside_the_response(bare: CallServer, model: str, audio: int, ms: int) -> None:
    async with dial(bare) as session:
        transcribing = {"type": "realtime", "audio": {"input": {"transcription": {"model": model}}}}
        await say(session, "session.update", session=transcribing)
        await hear(session, "session.updated")
        await say(session, "input_audio_buffer.append", audio=SPEECH)
        await hear(session, "response.done")
    written, response = bare.books.events
    assert (written.operation, written.model) == ("transcriptions", model)
    assert (written.usage.audio_input, written.usage.audio_ms) == (audio, ms)
    assert (response.operation, response.model) == ("realtime", "gpt-realtime")


async def test_a_session_may_write_down_alone(bare: CallServer, provider: Provider) -> None:
    async with dial(bare, "?model=voice&intent=transcription") as session:
        await hear(session, "session.created")
        transcribing = {"type": "transcription", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}
        await say(session, "session.update", session=transcribing)
        await say(session, "input_audio_buffer.append", audio=SPEECH)
        await hear(session, "conversation.item.input_audio_transcription.completed")
    assert provider.heads[0]["target"] == "/v1/realtime?intent=transcription"
    assert [event.operation for event in bare.books.events] == ["transcriptions"]


async def test_a_response_that_is_stopped_has_what_it_used(bare: CallServer, provider: Provider) -> None:
    provider.plan = Plan(stalls=True)
    async with dial(bare) as session:
        await say(session, "response.create")
        await hear(session, "response.output_audio.delta")
        await say(session, "response.cancel")
        await hear(session, "response.done")
    event = bare.books.last()
    assert (event.outcome, event.usage.output, event.usage_estimated) == ("cancelled", 121, False)


async def test_a_response_that_the_provider_refuses_costs_nothing(bare: CallServer, provider: Provider) -> None:
    provider.plan = Plan(stalls=True)
    async with dial(bare) as session:
        await say(session, "response.create")
        await hear(session, "response.output_audio.delta")
        await say(session, "response.create")
        error = await hear_error(session)
        assert error["message"] == "Conversation already has an active response in progress."
        wait_for(lambda: len(bare.books.events) == 1)
    refused = bare.books.events[0]
    assert (refused.outcome, refused.error, refused.usage.total, refused.cost_nanos) == ("error", "bad_request", 0, 0)


async def test_an_independent_provider_is_served_too() -> None:
    """aimock has its own WebSocket. It tells no tokens, so that they are counted here."""
    with aimock.start() as mock:
        voice = configuration("voice", "openai", model="gpt-realtime", base_url=mock.url, api_key=aimock.KEY)
        with CallServer([voice]).serve() as bare:
            async with dial(bare) as session:
                await hear(session, "session.created")
                await say_text(session, "say hello")
                await say(session, "response.create")
                done = await hear(session, "response.done")
    assert done["response"]["status"] == "completed"
    event = bare.books.last()
    assert (event.outcome, event.usage_estimated) == ("ok", True)
    assert event.usage.output > 0
