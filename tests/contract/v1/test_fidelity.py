"""Calls that a vendor's traffic showed to be translated wrongly: each file says what was asked and answered, and what
is right. The requests that leave are held to the vendors' rules like those of every test."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.control.prices.price_list_making import make_price_list
from trunkline.control.prices.prices import PriceBook

Json = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "fixtures/fidelity"
CASES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
BASES = {"openai": "/v1", "groq": "/openai/v1", "custom": "/v1"}


@dataclass
class Played:
    """What the client got, and what the provider was asked (None where it was not)."""

    status: int
    text: str
    dropped: str
    cost: str | None
    asked: Json | None

    @property
    def body(self) -> Json:
        return json.loads(self.text)

    @property
    def events(self) -> list[Json]:
        found = [line.removeprefix("data: ") for line in self.text.splitlines() if line.startswith("data: ")]
        return [json.loads(data) for data in found if data != "[DONE]"]


Expected = Callable[[Played], object]


def _call_of_bedrock(played: Played) -> None:
    (call,) = played.body["choices"][0]["message"]["tool_calls"]
    assert call["function"]["name"] == "get_weather"


def _no_empty_parts(played: Played) -> None:
    contents = [one["content"] for event in played.events for one in event["candidates"] if "content" in one]
    assert contents
    assert all(content["parts"] for content in contents)


def _adaptive(played: Played) -> None:
    assert played.asked is not None
    assert played.asked["thinking"]["type"] == "adaptive"
    assert played.asked["output_config"]["effort"]


def _reasoning_stays(played: Played) -> None:
    assert [(item["type"], item["id"]) for item in played.body["output"]] == [
        ("reasoning", "rs_1"),
        ("function_call", "fc_1"),
    ]


def _phases_stay(played: Played) -> None:
    sent = json.loads(CASES["04c"]["answer"])["output"]
    told = [(item["type"], item["id"], item.get("phase")) for item in played.body["output"]]
    assert told == [(item["type"], item["id"], item.get("phase")) for item in sent]


def _namespace_stays(played: Played) -> None:
    (call,) = [item for item in played.body["output"] if item["type"] == "function_call"]
    assert (call["namespace"], call["id"]) == ("f", "fc_1")


def _system_in_input(played: Played) -> None:
    assert played.asked is not None
    assert played.asked["input"][0] == {"role": "system", "content": "Answer in French."}
    assert "instructions" not in played.asked


def _queued_or_refused(played: Played) -> None:
    if played.status == 400:
        assert played.asked is None
        assert played.body["error"]["param"] == "background"
    else:
        assert played.body["status"] == "queued"


def _search_is_told(played: Played) -> None:
    assert "response.web_search_call.searching" in [event["type"] for event in played.events]


def _breakpoint_stays(played: Played) -> None:
    assert played.asked is not None
    assert played.asked["input"][0]["content"][0]["prompt_cache_breakpoint"] == {"mode": "explicit"}


def _refused(*names: str) -> Expected:
    def check(played: Played) -> None:
        assert played.status == 400
        assert played.asked is None
        assert any(name in played.body["error"]["message"] for name in names)

    return check


def _reference(played: Played) -> None:
    if played.status == 400:
        assert "tool_reference" in played.text
        return
    assert played.asked is not None
    assert "WebSearch" in str(played.asked["messages"][2]["content"])


def _one_block(played: Played) -> None:
    assert played.asked is not None
    said = played.asked["messages"][1]["content"]
    texts = [said] if isinstance(said, str) else [block["text"] for block in said]
    assert all(text.strip() for text in texts)
    assert "".join(texts).replace(" ", "") == "Hello!Bye."


def _said_by_the_user(played: Played) -> None:
    assert played.asked is not None
    (message,) = played.asked["messages"]
    assert message["role"] == "user"
    assert message["content"]


def _passed_on(played: Played) -> None:
    assert played.status == 200
    assert played.asked is not None
    assert played.asked["reasoning_effort"] == CASES["09"]["request"]["reasoning_effort"]


def _call_beside_custom(played: Played) -> None:
    (call,) = [block for block in played.body["content"] if block["type"] == "tool_use"]
    assert (call["name"], call["input"]) == ("get_weather", {"city": "Paris"})


def _no_thinking_field(played: Played) -> None:
    assert played.asked is not None
    assert "thinking" not in played.asked


def _last_word(played: Played) -> None:
    (usage,) = [event["usage"] for event in played.events if event.get("usage")]
    assert usage["prompt_tokens"] in (181, 55377)


def _param_stays(played: Played) -> None:
    assert played.status == 400
    assert played.body["error"]["param"] == "messages[3]"


def _a_stop_reason(played: Played) -> None:
    assert played.status != 200 or played.body["stop_reason"] in ("tool_use", "refusal")


def _no_picture_as_text(played: Played) -> None:
    assert "base64" not in played.text
    assert "Here." in played.text


def _signature_has_a_place(played: Played) -> None:
    blocks = [block for block in played.body["content"] if block["type"] != "text"]
    assert any("data" in block or "signature" in block for block in blocks)


def _told(played: Played) -> None:
    assert played.status == 400 or {"prompt_cache_key", "moderation", "max_tool_calls"} <= set(
        played.dropped.split(", ")
    )


def _audio_price(played: Played) -> None:
    assert played.cost is None or float(played.cost) == pytest.approx(0.04)


EXPECTED: dict[str, Expected] = {
    "01a": _call_of_bedrock,
    "02": _no_empty_parts,
    "03a": _adaptive,
    "03b": _adaptive,
    "04a": _reasoning_stays,
    "04c": _phases_stay,
    "04e": _namespace_stays,
    "04g": _system_in_input,
    "04h": _queued_or_refused,
    "04i": _search_is_told,
    "04k": _breakpoint_stays,
    "05a": _refused("web_search"),
    "05b": _refused("bash"),
    "06": _reference,
    "07a": _one_block,
    "08a": _said_by_the_user,
    "08b": _said_by_the_user,
    "09": _passed_on,
    "10": _call_beside_custom,
    "11": _no_thinking_field,
    "12": _last_word,
    "13a": _param_stays,
    "14": _a_stop_reason,
    "15": _no_picture_as_text,
    "16": _signature_has_a_place,
    "18": _told,
    "20": _audio_price,
}


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[CallServer, Scripted]]:
    """A gateway with a configuration for each case."""
    with scripted.start() as upstream:
        configurations = [
            configuration(
                name,
                case["provider"],
                model=case["model"],
                base_url=upstream.url + BASES.get(case["provider"], ""),
                api_key="sk-test-0123456789abcdef",
            )
            for name, case in CASES.items()
        ]
        with CallServer(configurations, prices=PriceBook(make_price_list())).serve() as bare:
            yield bare, upstream


def play(place: tuple[CallServer, Scripted], name: str) -> Played:
    bare, upstream = place
    case = CASES[name]
    raw = case["answer"].encode()
    upstream.script = stream(raw) if case["streamed"] else whole(raw, status=f"{case['status']} X")
    upstream.asked.clear()
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
    try:
        body = json.dumps({**case["request"], "model": name})
        headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
        connection.request("POST", case["path"].format(model=name), body, headers)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    told = response.headers
    asked = json.loads(upstream.asked[-1].body) if upstream.asked else None
    return Played(response.status, text, told["x-trunkline-dropped"] or "", told["x-trunkline-cost-usd"], asked)


@pytest.mark.parametrize("name", CASES, ids=lambda name: f"{name} {CASES[name]['title']}")
def test_it_is_right(place: tuple[CallServer, Scripted], name: str) -> None:
    EXPECTED[name](play(place, name))


def test_every_case_has_its_expectation() -> None:
    assert CASES.keys() <= EXPECTED.keys()
