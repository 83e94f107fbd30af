"""Calls that another model made go to Gemini 3 with the text that stands for their signature."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Message, Text, ToolCall, ToolResult
from trunkline.dialects.gemini import passthrough
from trunkline.dialects.gemini.missing_signature import UNSIGNED, may_lack, sign_contents, wants_signatures
from trunkline.dialects.gemini.request import write_request
from trunkline.dialects.passthrough import Changes

Json = dict[str, Any]


def model(*parts: Json) -> Json:
    return {"role": "model", "parts": list(parts)}


def call(name: str = "f", signature: str | None = None) -> Json:
    signed = {} if signature is None else {"thoughtSignature": signature}
    return {"functionCall": {"name": name, "args": {}}, **signed}


ASKED: Json = {"role": "user", "parts": [{"text": "Weather?"}]}
ANSWERED: Json = {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"result": "21"}}}]}


def signed(*contents: Json) -> list[Json]:
    return msgspec.json.decode(sign_contents(msgspec.Raw(msgspec.json.encode(list(contents)))))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("gemini-3-pro-preview", True),
        ("gemini-3.1-flash", True),
        ("gemini-flash-latest", True),
        ("publishers/google/models/gemini-3-pro", True),
        ("gemini-2.5-flash", False),
        ("gemini-2.0-flash", False),
        ("models/gemini-1.5-pro", False),
        ("gemma-3-27b-it", False),
        ("my-tuned-model", False),
    ],
)
def test_which_models_want_them(name: str, wanted: bool) -> None:
    assert wants_signatures(name) is wanted


def test_the_first_of_parallel_calls_is_marked() -> None:
    assert signed(ASKED, model({"text": "I look."}, call(), call("g")), ANSWERED) == [
        ASKED,
        model({"text": "I look."}, call(signature=UNSIGNED), call("g")),
        ANSWERED,
    ]


def test_the_models_own_stay() -> None:
    contents = [ASKED, model(call(signature="c2ln"), call("g")), ANSWERED]
    assert signed(*contents) == contents


def test_a_turn_in_pieces_is_one_turn() -> None:
    contents = [ASKED, model(call(signature="c2ln")), model(call("g")), ANSWERED]
    assert signed(*contents) == contents


def test_each_round_is_marked() -> None:
    rounds = signed(ASKED, model(call(signature="c2ln")), ANSWERED, model(call()), ANSWERED)
    assert rounds[3] == model(call(signature=UNSIGNED))


def test_a_body_is_read_only_where_a_signature_may_be_missing() -> None:
    def lacks(*parts: Json) -> bool:
        return may_lack(msgspec.Raw(msgspec.json.encode([ASKED, model(*parts)])))

    assert not lacks({"text": "Hello."})
    assert not lacks(call(signature="c2ln"))
    assert lacks(call())
    assert lacks(call(signature="c2ln"), call("g"))


@pytest.mark.parametrize("broken", [b"{}", b'[{"role":"model","parts":[1]}]', b"[1]", b"["])
def test_what_has_no_form_is_left_to_google(broken: bytes) -> None:
    assert bytes(sign_contents(msgspec.Raw(broken))) == broken


HISTORY = (
    Message("user", (Text("Weather?"),)),
    Message("assistant", (ToolCall("c1", "f", "{}"),)),
    Message("tool", (ToolResult("c1", (Text("21"),)),)),
)


@pytest.mark.parametrize(("name", "marked"), [("gemini-3-pro-preview", True), ("gemini-2.5-flash", False)])
def test_requests_that_are_translated(name: str, marked: bool) -> None:
    body = msgspec.json.decode(write_request(ChatRequest(model=name, messages=HISTORY)).body)
    assert (body["contents"][1]["parts"][0].get("thoughtSignature") == UNSIGNED) is marked


@pytest.mark.parametrize(("name", "marked"), [("gemini-3-pro-preview", True), ("gemini-2.5-flash", False)])
def test_requests_that_pass(name: str, marked: bool) -> None:
    body = msgspec.json.encode({"contents": [ASKED, model(call()), ANSWERED]})
    passed = msgspec.json.decode(passthrough.edit(body, Changes(model=name))[0])
    assert (passed["contents"][1]["parts"][0].get("thoughtSignature") == UNSIGNED) is marked
