"""Responses to OpenAI pass as they are, and what OpenAI keeps belongs to who asked for it: by the official SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from tests.contract.v1.bare_gateway import KEY, MANAGER, WORKSPACE, BareGateway, configuration, route
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, in_turn, stream, whole
from trunkline.core.errors import Unavailable
from trunkline.gateway.snapshot import KeyEntry

OTHER = "tl-key-of-an-application"
SECRET = "sk-proj-0123456789abcdefXYZ"
USAGE = {
    "input_tokens": 21,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 9,
    "output_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 30,
}
OUTPUT: list[dict[str, Any]] = [
    {"id": "rs_1", "type": "reasoning", "summary": []},
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "phase": "commentary",
        "content": [{"type": "output_text", "text": "Looking.", "annotations": []}],
    },
    {
        "id": "fc_1",
        "type": "function_call",
        "call_id": "call_1",
        "name": "f",
        "namespace": "ns",
        "arguments": "{}",
        "status": "completed",
    },
]


def response(identity: str = "resp_1", status: str = "completed", **fields: Any) -> dict[str, Any]:
    """An answer as OpenAI gives it."""
    return {
        "id": identity,
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "gpt-5.4",
        "output": OUTPUT if status == "completed" else [],
        "parallel_tool_calls": True,
        "service_tier": "flex",
        "tool_choice": "auto",
        "tools": [],
        "usage": USAGE if status == "completed" else None,
        **fields,
    }


def body(**fields: Any) -> bytes:
    return json.dumps(response(**fields)).encode()


def event(kind: str, number: int, **fields: Any) -> bytes:
    data = {"type": kind, "sequence_number": number, **fields}
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


EVENTS = (
    event("response.created", 0, response=response(status="in_progress")),
    event("response.output_item.added", 1, output_index=0, item={"id": "ws_1", "type": "web_search_call"}),
    event("response.web_search_call.searching", 2, output_index=0, item_id="ws_1"),
    event(
        "response.output_text.delta", 3, output_index=1, content_index=0, item_id="msg_1", delta="hi", logprobs=[],
        obfuscation="x",
    ),
    event("response.completed", 4, response=response()),
)  # fmt: skip


@pytest.fixture
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture
def bare(upstream: Scripted) -> Iterator[BareGateway]:
    base = f"{upstream.url}/v1"
    configurations = [
        configuration(
            "mine", "openai", model="gpt-5.4", base_url=base, api_key="sk-1", shared=True, parameters={"system": ""}
        ),
        configuration("second", "openai", model="gpt-4o", base_url=base, api_key="sk-2", shared=True),
        configuration("claude", "anthropic", model="claude-sonnet-4-5", base_url=upstream.url, api_key="sk-3"),
        configuration("secret", "openai", model="gpt-5.4", base_url=base, api_key=SECRET),
        configuration("azure", "azure-openai", model="gpt-5.4", base_url=f"{upstream.url}/openai/v1", api_key="sk-4"),
        configuration(
            "instructed",
            "openai",
            model="gpt-5.4",
            base_url=base,
            api_key="sk-1",
            parameters={
                "systemPrompt": "Be polite.",
                "maxTokens": 500,
                "temperature": 0.5,
            },
        ),
    ]
    keys = {
        KEY: KeyEntry(id="k-1", workspace_id=WORKSPACE, user_id=MANAGER),
        OTHER: KeyEntry(id="k-2", workspace_id=WORKSPACE, user_id="u-4", application_id="a-1"),
    }
    routes = [route("both", "second", "mine")]
    with BareGateway(configurations, keys=keys, routes=routes).serve() as running:
        yield running


@pytest.fixture
def client(bare: BareGateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as made:
        yield made


def stranger(bare: BareGateway) -> openai.OpenAI:
    """Another caller, who reaches the same shared configuration."""
    return openai.OpenAI(base_url=f"{bare.url}/v1", api_key=OTHER, max_retries=0)


def sent(upstream: Scripted, place: int = -1) -> dict[str, Any]:
    return json.loads(upstream.asked[place].body)


def post(bare: BareGateway, **fields: Any) -> httpx2.Response:
    return httpx2.post(f"{bare.url}/v1/responses", json=fields, headers={"authorization": f"Bearer {KEY}"})


@pytest.mark.parametrize("model", ["mine", "azure"])
def test_both_ways_pass_as_they_are(bare: BareGateway, upstream: Scripted, model: str) -> None:
    upstream.script = whole(body())
    asked = {
        "input": [
            {"role": "system", "content": "Answer in French."},
            {
                "role": "user",
                "content": [{"type": "input_text", "text": "q", "prompt_cache_breakpoint": {"mode": "explicit"}}],
            },
            {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "gAAAAAB"},
            {"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "namespace": "n", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "x"},
        ],
        "tools": [
            {"type": "tool_search"},
            {"type": "function", "name": "f", "strict": False, "parameters": {}, "defer_loading": True},
        ],
        "truncation": "auto",
    }
    answer = post(bare, model=model, **asked)
    assert answer.content == body()
    assert sent(upstream) == {"model": "gpt-5.4", **asked}
    assert upstream.asked[-1].line.split()[1].endswith("/v1/responses")
    assert "x-trunkline-dropped" not in answer.headers
    told = bare.books.last()
    assert (told.outcome, told.usage.input, told.usage.output, told.usage.reasoning) == ("ok", 21, 9, 4)


def test_a_stream_passes_and_its_end_waits_for_the_books(bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = stream(*EVENTS)
    answer = post(bare, model="mine", input="hi", stream=True, tools=[{"type": "web_search"}])
    assert answer.content == b"".join(EVENTS)
    told = bare.books.last()
    assert (told.outcome, told.streamed, told.usage.input, told.usage.output) == ("ok", True, 21, 9)


def test_a_stream_that_breaks_off_ends_with_an_error_that_the_sdk_raises(
    client: openai.OpenAI, bare: BareGateway, upstream: Scripted
) -> None:
    upstream.script = stream(*EVENTS[:4], end="cut")
    with pytest.raises(openai.APIError):
        list(client.responses.create(model="mine", input="hi", stream=True))
    assert bare.books.last().outcome == "error"


def test_a_failure_before_anything_is_an_error_of_http(
    client: openai.OpenAI, bare: BareGateway, upstream: Scripted
) -> None:
    failed = response(status="failed", error={"code": "rate_limit_exceeded", "message": "slow down"})
    upstream.script = stream(EVENTS[0], event("response.failed", 1, response=failed))
    with pytest.raises(openai.RateLimitError):
        list(client.responses.create(model="mine", input="hi", stream=True))


def test_what_the_configuration_says_fills_what_the_caller_left_open(bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(body())
    answer = post(bare, model="instructed", input="hi", instructions="Be brief.", reasoning={"summary": "auto"})
    assert sent(upstream) == {
        "model": "gpt-5.4",
        "input": "hi",
        "instructions": "Be polite.\n\nBe brief.",
        "max_output_tokens": 500,
        "reasoning": {"summary": "auto"},
    }
    assert answer.headers["x-trunkline-dropped"] == "temperature"
    post(bare, model="instructed", input="hi", max_output_tokens=70, reasoning={"effort": "high"})
    assert sent(upstream)["max_output_tokens"] == 70
    assert sent(upstream)["reasoning"]["effort"] == "high"
    assert sent(upstream)["instructions"] == "Be polite."


def test_what_another_vendor_said_is_no_history_for_openai(bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(body())
    history = [
        {"role": "user", "content": "q"},
        {"type": "reasoning", "id": "rs_resp_tl_ab_0", "summary": [], "encrypted_content": "anthropic-claude-v1:sig"},
        {"type": "reasoning", "id": "rs_resp_tl_ab_1", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "id": "msg_resp_tl_ab_2", "role": "assistant", "content": "a"},
        {"type": "function_call", "id": "fc_resp_tl_ab_3", "call_id": "toolu_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "toolu_1", "output": "x"},
        {"type": "reasoning", "id": "rs_5", "summary": [], "encrypted_content": "gAAAA"},
        {"type": "message", "id": "msg_5", "status": "completed", "role": "assistant", "content": OUTPUT[1]["content"]},
    ]
    answer = post(bare, model="mine", input=history)
    assert sent(upstream)["input"] == [
        {"role": "user", "content": "q"},
        {"type": "message", "role": "assistant", "content": "a"},
        {"type": "function_call", "call_id": "toolu_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "toolu_1", "output": "x"},
        {"type": "reasoning", "id": "rs_5", "summary": [], "encrypted_content": "gAAAA"},
        {"type": "message", "id": "msg_5", "status": "completed", "role": "assistant", "content": OUTPUT[1]["content"]},
    ]
    assert answer.headers["x-trunkline-dropped"] == "reasoning"


@pytest.mark.parametrize("streamed", [False, True])
def test_the_second_turn_by_history_and_by_id(
    client: openai.OpenAI, bare: BareGateway, upstream: Scripted, streamed: bool
) -> None:
    upstream.script = stream(*EVENTS) if streamed else whole(body())
    if streamed:
        events: Any = list(client.responses.create(model="mine", input="hi", stream=True))
        first = events[-1].response
    else:
        first = client.responses.create(model="mine", input="hi")
    upstream.script = whole(body(identity="resp_2"))
    kept: Any = [item.model_dump(exclude_none=True) for item in first.output]
    result: Any = {"type": "function_call_output", "call_id": "call_1", "output": "fine"}
    client.responses.create(model="mine", input=[{"role": "user", "content": "hi"}, *kept, result])
    assert sent(upstream)["input"][1:-1] == OUTPUT
    client.responses.create(model="mine", previous_response_id=first.id, input=[result])
    assert sent(upstream)["previous_response_id"] == "resp_1"
    assert sent(upstream)["input"] == [result]


def test_going_on_leads_to_what_answered_first(client: openai.OpenAI, bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi")
    client.responses.create(model="both", previous_response_id="resp_1", input="more")
    assert upstream.asked[-1].headers["authorization"] == "Bearer sk-1", "the route alone would go to the second"
    client.responses.create(model="mine/gpt-5-mini", previous_response_id="resp_1", input="more")
    assert sent(upstream)["model"] == "gpt-5-mini"
    before = len(upstream.asked)
    for model in ("second", "claude"):
        with pytest.raises(openai.BadRequestError) as raised:
            client.responses.create(model=model, previous_response_id="resp_1", input="more")
        assert raised.value.param == "previous_response_id"
    assert len(upstream.asked) == before


def test_nobody_else_reaches_an_answer_through_a_shared_credential(
    client: openai.OpenAI, bare: BareGateway, upstream: Scripted
) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi")
    before = len(upstream.asked)
    with stranger(bare) as other:
        for attempt in (
            lambda: other.responses.create(model="mine", previous_response_id="resp_1", input="tell me"),
            lambda: other.responses.retrieve("resp_1"),
            lambda: other.responses.cancel("resp_1"),
            lambda: other.responses.input_items.list("resp_1"),
            lambda: other.responses.delete("resp_1"),
            lambda: other.responses.input_tokens.count(model="mine", previous_response_id="resp_1", input="x"),
            lambda: other.responses.compact(model="gpt-5.4", previous_response_id="resp_1"),
        ):
            with pytest.raises(openai.NotFoundError):
                attempt()
    assert len(upstream.asked) == before, "nothing was asked of the provider"


def test_an_answer_that_is_not_stored_belongs_to_nobody(client: openai.OpenAI, upstream: Scripted) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi", store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="mine", previous_response_id="resp_1", input="more")


def test_what_openai_keeps_is_asked_of_it(client: openai.OpenAI, bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi")
    assert client.responses.retrieve("resp_1", include=["reasoning.encrypted_content"]).status == "completed"
    assert upstream.asked[-1].line == ("GET /v1/responses/resp_1?include%5B%5D=reasoning.encrypted_content HTTP/1.1")
    assert upstream.asked[-1].headers["authorization"] == "Bearer sk-1"
    items = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    upstream.script = whole(json.dumps(items).encode())
    assert client.responses.input_items.list("resp_1", limit=5, order="asc").data == []
    assert upstream.asked[-1].line == "GET /v1/responses/resp_1/input_items?limit=5&order=asc HTTP/1.1"
    upstream.script = whole(
        b'{"error":{"message":"Cannot cancel a synchronous response.","code":null}}', status="400 X"
    )
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel("resp_1")
    assert upstream.asked[-1].line == "POST /v1/responses/resp_1/cancel HTTP/1.1"
    upstream.script = whole(b'{"id":"resp_1","object":"response","deleted":true}')
    client.responses.delete("resp_1")
    assert upstream.asked[-1].line == "DELETE /v1/responses/resp_1 HTTP/1.1"
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve("resp_1")
    assert len(bare.books.events) == 1, "to look at an answer costs nothing"


def test_no_answer_shows_the_key_in_use(client: openai.OpenAI, bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(body(metadata={"echo": SECRET}))
    told = [post(bare, model="secret", input="hi").text]
    for method, path in (("GET", ""), ("GET", "/input_items"), ("POST", "/cancel"), ("DELETE", "")):
        url = f"{bare.url}/v1/responses/resp_1{path}"
        told.append(httpx2.request(method, url, headers={"authorization": f"Bearer {KEY}"}).text)
    for text in told:
        assert "completed" in text
        assert SECRET not in text


def test_an_answer_with_half_a_character_is_an_answer(bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(body().replace(b"Looking.", rb"Looking \ud83d"))
    assert post(bare, model="mine", input="hi").json()["output"][1]["content"][0]["text"] == "Looking "


def test_the_background_is_polled_and_accounted_for_once(
    client: openai.OpenAI, bare: BareGateway, upstream: Scripted
) -> None:
    upstream.script = whole(body(status="queued", background=True))
    queued = client.responses.create(model="mine", input="hi", background=True)
    assert queued.status == "queued"
    assert bare.books.last().usage.total == 0
    upstream.script = whole(body(status="in_progress", background=True))
    assert client.responses.retrieve("resp_1").status == "in_progress"
    assert len(bare.books.events) == 1
    upstream.script = whole(body(background=True))
    for _ in range(3):
        assert client.responses.retrieve("resp_1").status == "completed"
    assert [told.usage.total for told in bare.books.events] == [0, 30]
    assert [told.cost_nanos for told in bare.books.events] == [0, 114_000]
    one_event(bare)


def one_event(bare: BareGateway) -> None:
    """The books tell of one call: its end fills in what its beginning left open."""
    begun, ended = bare.books.events
    assert (begun.part, ended.part) == ("call", "end")
    assert (ended.id, ended.opened_at, ended.request_id) == (begun.id, begun.opened_at, begun.request_id)


def test_the_background_is_cancelled(client: openai.OpenAI, bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(body(status="queued", background=True))
    client.responses.create(model="mine", input="hi", background=True)
    upstream.script = whole(body(status="cancelled", background=True))
    assert client.responses.cancel("resp_1").status == "cancelled"
    assert [told.usage.total for told in bare.books.events] == [0, 0]
    one_event(bare)


def test_a_stream_of_the_background_is_resumed_and_accounted_for_once(
    client: openai.OpenAI, bare: BareGateway, upstream: Scripted
) -> None:
    queued = (
        event("response.created", 0, response=response(status="queued")),
        event("response.queued", 1, response=response(status="queued")),
    )
    upstream.script = stream(*queued, end="never")
    with client.responses.create(model="mine", input="hi", background=True, stream=True) as begun:
        assert next(iter(begun)).type == "response.created"
    assert bare.books.last().usage.total == 0, "it goes on without its client"
    upstream.script = stream(*EVENTS[1:])
    events: Any = list(client.responses.retrieve("resp_1", stream=True, starting_after=1))
    assert [one.sequence_number for one in events] == [1, 2, 3, 4]
    assert upstream.asked[-1].line == "GET /v1/responses/resp_1?starting_after=1&stream=true HTTP/1.1"
    upstream.script = whole(body(background=True))
    client.responses.retrieve("resp_1")
    assert [told.usage.total for told in bare.books.events] == [0, 30]
    one_event(bare)
    upstream.script = stream(*EVENTS[1:])
    assert len(list(client.responses.retrieve("resp_1", stream=True))) == 4  # type: ignore[arg-type] - a stream
    assert bare.books.last().part == "look", "what is looked at again is not used again"


def test_tokens_are_counted_by_openai_and_by_our_own_rule(client: openai.OpenAI, upstream: Scripted) -> None:
    upstream.script = whole(b'{"object":"response.input_tokens","input_tokens":11}')
    assert client.responses.input_tokens.count(model="mine", input="hi").input_tokens == 11
    assert upstream.asked[-1].line == "POST /v1/responses/input_tokens HTTP/1.1"
    assert sent(upstream) == {"model": "gpt-5.4", "input": "hi"}
    upstream.script = whole(b'{"input_tokens":7}')
    assert client.responses.input_tokens.count(model="claude", input="hi").input_tokens == 7
    assert upstream.asked[-1].line == "POST /v1/messages/count_tokens HTTP/1.1"


def test_a_conversation_is_compacted_where_that_is_known(
    client: openai.OpenAI, bare: BareGateway, upstream: Scripted
) -> None:
    compaction = {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAA"}
    made = {"id": "resp_c", "object": "response.compaction", "created_at": 1, "output": [compaction], "usage": USAGE}
    upstream.script = whole(json.dumps(made).encode())
    done = client.responses.compact(model="instructed", input="a long talk")  # type: ignore[arg-type]
    assert done.object == "response.compaction"
    assert upstream.asked[-1].line == "POST /v1/responses/compact HTTP/1.1"
    assert sent(upstream) == {"model": "gpt-5.4", "input": "a long talk", "instructions": "Be polite."}
    assert bare.books.last().usage.total == 30
    with pytest.raises(openai.BadRequestError) as raised:
        client.responses.compact(model="claude", input="a long talk")  # type: ignore[arg-type]
    assert raised.value.param == "model"


CLAUDE = json.dumps(
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [{"type": "text", "text": "ok"}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 3, "output_tokens": 1},
    }
).encode()


def claude(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


CLAUDE_EVENTS = (
    claude("message_start", message={**json.loads(CLAUDE), "content": [], "stop_reason": None}),
    claude("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    claude("content_block_delta", index=0, delta={"type": "text_delta", "text": "ok"}),
    claude("content_block_stop", index=0),
    claude("message_delta", delta={"stop_reason": "max_tokens"}, usage={"output_tokens": 1}),
    claude("message_stop"),
)


@pytest.mark.parametrize("streamed", [False, True])
def test_what_is_kept_here_is_asked_for_as_at_openai(client: openai.OpenAI, upstream: Scripted, streamed: bool) -> None:
    upstream.script = stream(*CLAUDE_EVENTS) if streamed else whole(CLAUDE)
    if streamed:
        events: Any = list(client.responses.create(model="claude", input="hi", instructions="Be brief.", stream=True))
        first = events[-1].response
    else:
        first = client.responses.create(model="claude", input="hi", instructions="Be brief.")
    again = client.responses.retrieve(first.id)
    assert again.model_dump() == first.model_dump()
    assert again.status == "incomplete"
    upstream.script = whole(CLAUDE)
    second = client.responses.create(model="claude", previous_response_id=first.id, input="more")
    listed = client.responses.input_items.list(second.id, order="asc", limit=2)
    texts = [item.content[0].text for item in listed.data]  # type: ignore[union-attr]
    assert (texts, listed.has_more) == (["hi", "ok"], True)
    assert [item.content[0].text for item in listed.get_next_page().data] == ["more"]  # type: ignore[union-attr]
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel(first.id)
    with pytest.raises(openai.BadRequestError):
        list(client.responses.retrieve(first.id, stream=True))
    client.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(first.id)


def test_what_is_kept_here_is_nobody_elses(client: openai.OpenAI, bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(CLAUDE)
    first = client.responses.create(model="claude", input="hi")
    with stranger(bare) as other:
        for attempt in (
            lambda: other.responses.retrieve(first.id),
            lambda: other.responses.input_items.list(first.id),
            lambda: other.responses.delete(first.id),
        ):
            with pytest.raises(openai.NotFoundError):
                attempt()
    assert client.responses.retrieve(first.id).id == first.id


def test_what_only_openai_knows_is_told_when_it_is_left_out(bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = whole(CLAUDE)
    answer = post(
        bare,
        model="claude",
        input="hi",
        prompt_cache_key="k",
        moderation={"model": "m"},
        max_tool_calls=3,
        truncation="auto",
        text={"verbosity": "low"},
        include=["message.input_image.image_url"],
        background=False,
    )
    assert answer.headers["x-trunkline-dropped"] == (
        "include, max_tool_calls, moderation, prompt_cache_key, text.verbosity, truncation"
    )
    plain = post(
        bare, model="claude", input="hi", truncation="disabled", include=["reasoning.encrypted_content"], store=True
    )
    assert "x-trunkline-dropped" not in plain.headers


@pytest.mark.parametrize(("model", "answer"), [("mine", body()), ("claude", CLAUDE)])
def test_a_store_that_is_down_costs_no_answer(
    bare: BareGateway, upstream: Scripted, caplog: pytest.LogCaptureFixture, model: str, answer: bytes
) -> None:
    upstream.script = whole(answer)
    bare.kept.fault = Unavailable("The database cannot be reached.")
    got = post(bare, model=model, input="hi")
    (line,) = [line for line in caplog.messages if "response_not_stored" in line]
    assert got.headers["x-request-id"] in line
    assert (got.status_code, got.headers["x-trunkline-stored"]) == (200, "false")
    upstream.script = stream(*(EVENTS if model == "mine" else CLAUDE_EVENTS))
    assert b"response.completed" in post(bare, model="mine", input="hi", stream=True).content or model == "claude"


def test_unknown_parameters_and_ids_are_refused(bare: BareGateway, upstream: Scripted) -> None:
    upstream.script = in_turn(whole(body()), whole(body()))
    post(bare, model="mine", input="hi")
    headers = {"authorization": f"Bearer {KEY}"}
    refused = httpx2.get(f"{bare.url}/v1/responses/resp_1?limit=3", headers=headers)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "limit")
    assert httpx2.get(f"{bare.url}/v1/responses/resp_9", headers=headers).status_code == 404
    assert httpx2.get(f"{bare.url}/v1/responses/resp_1", headers={}).status_code == 401
