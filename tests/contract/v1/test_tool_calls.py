"""Names of tools and ids of calls between wires that have different rules for them, streamed and whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.contract.v1.routes.routed_call import SECRET
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole

Json = dict[str, Any]

SCHEMA = {"type": "object", "properties": {"at": {"type": "string"}}}
MODELS = {
    "openai": "gpt-4.1",
    "anthropic": "claude-haiku-4-5",
    "gemini": "gemini-2.5-flash",
    "mistral": "mistral-small",
}
# Responses pass to their own vendor's API, which has other rules.
PAIRS = [
    (client, provider)
    for client in ("chat", "messages", "gemini", "responses")
    for provider in ("anthropic", "mistral", "openai")
    if (client, provider) != ("responses", "openai")
]


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    rows = [
        configuration(provider, provider, model=model, base_url=upstream.url, api_key=SECRET)
        for provider, model in MODELS.items()
    ]
    with CallServer(rows).serve() as running:
        yield running


def answer(provider: str, name: str, streamed: bool, identity: str = "toolu_1") -> Any:
    """An answer of the provider that calls the tool ``name``."""
    if provider in ("openai", "mistral"):
        call: Json = {"id": identity, "type": "function", "function": {"name": name, "arguments": "{}"}}
        choice: Json = {"index": 0, "finish_reason": "tool_calls"}
        if not streamed:
            choice["message"] = {"role": "assistant", "content": None, "tool_calls": [call]}
            return whole(json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode())
        choice["delta"] = {"tool_calls": [{"index": 0, **call}]}
        return stream(
            f"data: {json.dumps({'id': 'c', 'model': 'm', 'choices': [choice]})}\n\n".encode() + b"data: [DONE]\n\n"
        )
    if provider == "gemini":
        content = {"role": "model", "parts": [{"functionCall": {"name": name, "args": {}}}]}
        candidate = {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}]}
        body = json.dumps(candidate).encode()
        return stream(b"data: " + body + b"\n\n") if streamed else whole(body)
    block: Json = {"type": "tool_use", "id": identity, "name": name, "input": {}}
    message: Json = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": [block],
        "stop_reason": "tool_use", "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    if not streamed:
        return whole(json.dumps(message).encode())
    events: list[Json] = [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
    return stream("".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode())


def ask(bare: CallServer, client: str, provider: str, name: str, *rounds: str, streamed: bool = False) -> str:
    """What the client gets for a request with the tool ``name``, which was called by each of the ids ``rounds``."""
    body: Json
    if client == "chat":
        path = "/v1/chat/completions"
        messages: list[Json] = [{"role": "user", "content": "look"}]
        for one in rounds:
            call = {"id": one, "type": "function", "function": {"name": name, "arguments": "{}"}}
            messages += [
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": one, "content": "fine"},
            ]
        tool = {"type": "function", "function": {"name": name, "parameters": SCHEMA}}
        body = {"messages": messages, "tools": [tool], "stream": streamed}
    elif client == "messages":
        path = "/v1/messages"
        messages = [{"role": "user", "content": "look"}]
        for one in rounds:
            result = {"type": "tool_result", "tool_use_id": one, "content": "fine"}
            messages += [
                {"role": "assistant", "content": [{"type": "tool_use", "id": one, "name": name, "input": {}}]},
                {"role": "user", "content": [result]},
            ]
        tools = [{"name": name, "input_schema": SCHEMA}]
        body = {"messages": messages, "max_tokens": 99, "tools": tools, "stream": streamed}
    elif client == "responses":
        path = "/v1/responses"
        items: list[Json] = [{"role": "user", "content": "look"}]
        for one in rounds:
            items += [
                {"type": "function_call", "call_id": one, "name": name, "arguments": "{}"},
                {"type": "function_call_output", "call_id": one, "output": "fine"},
            ]
        body = {"input": items, "tools": [{"type": "function", "name": name, "parameters": SCHEMA}], "stream": streamed}
    else:
        path = f"/v1beta/models/{provider}:" + ("streamGenerateContent?alt=sse" if streamed else "generateContent")
        contents: list[Json] = [{"role": "user", "parts": [{"text": "look"}]}]
        for one in rounds:
            response = {"id": one, "name": name, "response": {"output": "fine"}}
            contents += [
                {"role": "model", "parts": [{"functionCall": {"id": one, "name": name, "args": {}}}]},
                {"role": "user", "parts": [{"functionResponse": response}]},
            ]
        body = {"contents": contents, "tools": [{"functionDeclarations": [{"name": name, "parameters": SCHEMA}]}]}
    headers = {"Authorization": f"Bearer {KEY}"}
    given = body if client == "gemini" else {"model": provider, **body}
    told = httpx2.post(bare.url + path, json=given, headers=headers, timeout=20, trust_env=False)
    assert told.status_code == 200, told.text
    return told.text


def sent(upstream: Scripted) -> Json:
    return json.loads(upstream.asked[-1].body)


def names(provider: str, body: Json) -> list[str]:
    """The names of the tool, and of its calls in the history."""
    if provider == "gemini":
        parts = [part for content in body["contents"] for part in content["parts"]]
        called = [part["functionCall"]["name"] for part in parts if "functionCall" in part]
        called += [part["functionResponse"]["name"] for part in parts if "functionResponse" in part]
        return [body["tools"][0]["functionDeclarations"][0]["name"], *called]
    if provider == "anthropic":
        blocks = [block for message in body["messages"] for block in message["content"] if isinstance(block, dict)]
        return [body["tools"][0]["name"], *(block["name"] for block in blocks if block["type"] == "tool_use")]
    calls = [call for message in body["messages"] for call in message.get("tool_calls") or ()]
    return [tool["function"]["name"] for tool in [*body["tools"], *calls]]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("client", "provider", "given", "there"),
    [
        ("gemini", "anthropic", "calendar.list", "calendar_list"),
        ("gemini", "openai", "calendar.list", "calendar_list"),
        ("gemini", "mistral", "calendar:list", "calendar_list"),
        ("chat", "gemini", "2nd-look", "_2nd-look"),
        ("chat", "anthropic", "mcp.look", "mcp_look"),
        ("messages", "openai", "m" * 100, "m" * 55 + "_eb27125b"),
        ("messages", "gemini", "2nd-look", "_2nd-look"),
        ("responses", "anthropic", "mcp.look", "mcp_look"),
        ("responses", "gemini", "2nd-look", "_2nd-look"),
    ],
)
def test_a_tool_has_the_name_that_each_side_takes(
    bare: CallServer, upstream: Scripted, client: str, provider: str, given: str, there: str, streamed: bool
) -> None:
    upstream.script = answer(provider, there, streamed)
    told = ask(bare, client, provider, given, "call_1", streamed=streamed)
    assert set(names(provider, sent(upstream))) == {there}
    assert f'"{given}"' in told
    assert f'"{there}"' not in told


def ids(provider: str, body: Json) -> list[str]:
    """The ids of calls and results, in their order."""
    if provider == "anthropic":
        blocks = [block for message in body["messages"] for block in message["content"] if isinstance(block, dict)]
        return [block.get("id") or block["tool_use_id"] for block in blocks if block["type"].startswith("tool_")]
    out: list[str] = []
    for message in body["messages"]:
        out += [call["id"] for call in message.get("tool_calls") or ()]
        out += [message["tool_call_id"]] if "tool_call_id" in message else []
    return out


@pytest.mark.parametrize(("client", "provider"), PAIRS)
@pytest.mark.parametrize("history", [("call_0", "call_0"), ("functions.look:0", "toolu_01ABC"), ("x" * 70, "x" * 71)])
def test_ids_of_the_history_are_those_that_the_provider_takes(
    bare: CallServer, upstream: Scripted, client: str, provider: str, history: tuple[str, str]
) -> None:
    upstream.script = answer(provider, "look", streamed=False)
    ask(bare, client, provider, "look", *history)
    first, first_result, second, second_result = ids(provider, sent(upstream))
    assert (first, second) == (first_result, second_result)
    assert first != second
    # What the vendor demands of them is held against every request that leaves.


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("client", ["messages", "gemini", "responses"])
def test_an_answer_has_no_id_that_the_conversation_knows(
    bare: CallServer, upstream: Scripted, client: str, streamed: bool
) -> None:
    upstream.script = answer("mistral", "look", streamed, identity="call00000")
    told = ask(bare, client, "mistral", "look", "call00000", streamed=streamed)
    assert '"call_0_look_' in told
    assert '"call00000"' not in told


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("chat/completions", {"tools": [{"type": "custom", "custom": {"name": "sql"}}]}, "sql"),
        ("chat/completions", {"web_search_options": {"search_context_size": "low"}}, "web_search_options"),
        ("responses", {"input": "hi", "tools": [{"type": "file_search", "vector_store_ids": ["v"]}]}, "file_search"),
        (
            "responses",
            {"input": "hi", "tools": [{"type": "web_search"}], "tool_choice": {"type": "web_search"}},
            "web_search",
        ),
    ],
)
def test_a_vendors_own_tool_is_refused_by_name_before_anything_is_sent(
    bare: CallServer, upstream: Scripted, path: str, body: Json, name: str
) -> None:
    upstream.asked.clear()
    given = {"model": "anthropic", "messages": [{"role": "user", "content": "hi"}], **body}
    if path == "responses":
        del given["messages"]
    told = httpx2.post(
        f"{bare.url}/v1/{path}", json=given, headers={"Authorization": f"Bearer {KEY}"}, timeout=20, trust_env=False
    )
    assert told.status_code == 400
    assert f"'{name}'" in told.json()["error"]["message"]
    assert not upstream.asked


@pytest.mark.parametrize("provider", ["anthropic", "openai", "mistral"])
def test_googles_own_tool_is_refused_by_name_too(bare: CallServer, upstream: Scripted, provider: str) -> None:
    upstream.asked.clear()
    told = httpx2.post(
        f"{bare.url}/v1beta/models/{provider}:generateContent",
        json={"contents": [{"role": "user", "parts": [{"text": "hi"}]}], "tools": [{"googleSearch": {}}]},
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=20,
        trust_env=False,
    )
    assert told.status_code == 400
    assert "'googleSearch'" in told.json()["error"]["message"]
    assert not upstream.asked


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("provider", ["anthropic", "gemini", "mistral"])
def test_a_client_that_declares_functions_is_answered_with_a_function_call(
    bare: CallServer, upstream: Scripted, provider: str, streamed: bool
) -> None:
    client = openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0)
    functions: Any = [{"name": "look", "parameters": SCHEMA}]
    messages: list[Any] = [{"role": "user", "content": "look"}]
    for _ in range(2):
        upstream.script = answer(provider, "look", streamed)
        finish: str | None = None
        called: Json = {"name": "", "arguments": ""}
        if streamed:
            for chunk in client.chat.completions.create(
                model=provider, messages=messages, functions=functions, stream=True
            ):
                (choice,) = chunk.choices
                assert choice.delta.tool_calls is None
                finish = choice.finish_reason
                if (piece := choice.delta.function_call) is not None:
                    called["name"] += piece.name or ""
                    called["arguments"] += piece.arguments or ""
        else:
            whole_answer = client.chat.completions.create(model=provider, messages=messages, functions=functions)
            (told,) = whole_answer.choices
            assert told.message.tool_calls is None
            assert told.message.function_call is not None
            finish, called = told.finish_reason, told.message.function_call.model_dump()
        assert (finish, called) == ("function_call", {"name": "look", "arguments": "{}"})
        messages += [
            {"role": "assistant", "content": None, "function_call": called},
            {"role": "function", "name": "look", "content": "fine"},
        ]
    assert set(names(provider, sent(upstream))) == {"look"}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("declares", ["tools", "functions"])
def test_a_server_that_calls_in_the_older_way_is_understood(
    bare: CallServer, upstream: Scripted, declares: str, streamed: bool
) -> None:
    function = {"name": "look", "parameters": SCHEMA}
    message: Json = {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}}
    choice: Json = {"index": 0, "finish_reason": "function_call", "delta" if streamed else "message": message}
    told = json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode()
    upstream.script = stream(b"data: " + told + b"\n\ndata: [DONE]\n\n") if streamed else whole(told)
    asked: Json = {"model": "openai", "messages": [{"role": "user", "content": "look"}], "stream": streamed}
    asked[declares] = [{"type": "function", "function": function}] if declares == "tools" else [function]
    url, headers = f"{bare.url}/v1/chat/completions", {"authorization": f"Bearer {KEY}"}
    got = httpx2.post(url, json=asked, headers=headers, trust_env=False)
    (choice,) = json.loads(got.text.split("\n")[0].removeprefix("data: "))["choices"]
    said = choice["delta" if streamed else "message"]
    if declares == "functions":
        assert (said["function_call"]["name"], choice["finish_reason"]) == ("look", "function_call")
    else:
        (call,) = said["tool_calls"]
        assert (call["function"]["name"], call["type"], bool(call["id"])) == ("look", "function", True)
        assert (choice["finish_reason"], "function_call" in said) == ("tool_calls", False)
