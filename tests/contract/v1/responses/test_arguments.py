"""Arguments of calls in responses that pass, by the official SDK: an object in JSON, whatever the server wrote."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.responses.provider_response import event, post, response
from tests.upstreams.scripted import Scripted, stream, whole

OBJECT = '{"at": "São \\"Paulo\\""}'
TWICE = json.dumps(OBJECT)
ODD: dict[str, tuple[Any, str]] = {
    "as JSON twice": (TWICE, OBJECT),
    "as JSON twice, after a space": (f"  {TWICE}\n", OBJECT),
    "as an object": ({"at": 1}, '{"at":1}'),
    "as null in JSON": ("null", "{}"),
    "null": (None, "{}"),
    "empty": ("", "{}"),
    "as they should be": (OBJECT, OBJECT),
}


def call(arguments: Any, number: int = 0, status: str = "completed") -> dict[str, Any]:
    name = f"f{number}"
    about = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": name}
    return {**about, "arguments": arguments, "status": status}


def write(*told: tuple[str, dict[str, Any]]) -> list[bytes]:
    return [event(kind, number, **fields) for number, (kind, fields) in enumerate(told)]


def pieces(arguments: str, number: int = 0, size: int = 3) -> list[tuple[str, dict[str, Any]]]:
    place = {"output_index": number, "item_id": f"fc_{number}"}
    return [
        ("response.function_call_arguments.delta", {**place, "delta": arguments[at : at + size]})
        for at in range(0, len(arguments), size)
    ]


def begin(number: int = 0) -> tuple[str, dict[str, Any]]:
    return "response.output_item.added", {"output_index": number, "item": call("", number, "in_progress")}


def end(arguments: Any, number: int = 0) -> list[tuple[str, dict[str, Any]]]:
    place = {"output_index": number, "item_id": f"fc_{number}"}
    return [
        ("response.function_call_arguments.done", {**place, "arguments": arguments}),
        ("response.output_item.done", {"output_index": number, "item": call(arguments, number)}),
    ]


def opening() -> tuple[str, dict[str, Any]]:
    return "response.created", {"response": response(status="in_progress")}


def completed(*calls: Any) -> tuple[str, dict[str, Any]]:
    return "response.completed", {"response": response(output=list(calls))}


@pytest.mark.parametrize("name", ODD)
def test_of_a_whole_response(client: openai.OpenAI, upstream: Scripted, name: str) -> None:
    sent, meant = ODD[name]
    upstream.script = whole(json.dumps(response(output=[call(sent)])).encode())
    (told,) = client.responses.create(model="mine", input="hi").output
    assert told.type == "function_call"
    assert told.arguments == meant


@pytest.mark.parametrize("name", ODD)
def test_of_a_stream(client: openai.OpenAI, upstream: Scripted, name: str) -> None:
    sent, meant = ODD[name]
    deltas = pieces(sent) if isinstance(sent, str) else []
    upstream.script = stream(*write(opening(), begin(), *deltas, *end(sent), completed(call(sent))))
    said, told = "", {}
    for each in client.responses.create(model="mine", input="hi", stream=True):
        if each.type == "response.function_call_arguments.delta":
            said += each.delta
        elif each.type == "response.function_call_arguments.done":
            told["arguments"] = each.arguments
        elif each.type == "response.output_item.done":
            told["item"] = each.item.arguments  # type: ignore[union-attr]
        elif each.type == "response.completed":
            told["response"] = each.response.output[0].arguments  # type: ignore[union-attr]
    assert told == {"arguments": meant, "item": meant, "response": meant}
    if deltas and meant != "{}":
        assert said.strip() == meant


def test_a_stream_with_nothing_odd_in_it_passes_to_the_byte(bare: CallServer, upstream: Scripted) -> None:
    text = ("response.output_text.delta", {"output_index": 2, "content_index": 0, "delta": '"function_call"'})
    events = write(
        opening(), begin(), *pieces(OBJECT), begin(1), *pieces("{}", 1, 1), text, *end(OBJECT), *end("{}", 1),
        completed(call(OBJECT), call("{}", 1)),
    )  # fmt: skip
    upstream.script = stream(*events)
    assert post(bare, model="mine", input="hi", stream=True).content == b"".join(events)


def test_only_the_call_that_is_odd_waits(bare: CallServer, upstream: Scripted) -> None:
    text = ("response.output_text.delta", {"output_index": 2, "content_index": 0, "delta": "Looking."})
    first, last = pieces(TWICE)[:4], pieces(TWICE)[4:]
    events = write(
        opening(), begin(), *first, text, begin(1), *pieces(OBJECT, 1, 100), *last, *end(TWICE), *end(OBJECT, 1),
        completed(call(TWICE), call(OBJECT, 1)),
    )  # fmt: skip
    upstream.script = stream(*events)
    relayed = [
        json.loads(each.partition(b"data: ")[2])
        for each in post(bare, model="mine", input="hi", stream=True).content.split(b"\n\n")
        if each
    ]
    kinds = [(one["type"].removeprefix("response."), one.get("output_index")) for one in relayed]
    assert kinds == [
        ("created", None),
        ("output_item.added", 0),
        ("output_text.delta", 2),
        ("output_item.added", 1),
        ("function_call_arguments.delta", 1),
        ("function_call_arguments.delta", 0),
        ("function_call_arguments.done", 0),
        ("output_item.done", 0),
        ("function_call_arguments.done", 1),
        ("output_item.done", 1),
        ("completed", None),
    ]
    assert relayed[5]["delta"] == OBJECT
    numbers = [one["sequence_number"] for one in relayed]
    assert numbers == sorted(set(numbers))


def test_arguments_whose_end_is_not_told_are_told_with_the_end_of_the_response(
    client: openai.OpenAI, upstream: Scripted
) -> None:
    upstream.script = stream(*write(opening(), begin(), *pieces(TWICE), completed(call(TWICE))))
    *_, said, last = client.responses.create(model="mine", input="hi", stream=True)
    assert said.type == "response.function_call_arguments.delta"
    assert said.delta == OBJECT
    assert last.type == "response.completed"


def test_of_a_call_that_was_cut_off_nothing_is_made_up(client: openai.OpenAI, upstream: Scripted) -> None:
    cut = response(status="incomplete", output=[call("", status="incomplete")])
    upstream.script = whole(json.dumps({**cut, "incomplete_details": {"reason": "max_output_tokens"}}).encode())
    (told,) = client.responses.create(model="mine", input="hi").output
    assert told.type == "function_call"
    assert told.arguments == ""
