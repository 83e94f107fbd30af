"""What the matrix tries: for each capability, what the client asks and what the provider answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.contract.v1.matrix.said import Ask, Call, Fault, Picture, Reply, Result, Spent, Thought, Turn, Words

PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
SCHEMA: Final = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
HELLO: Final = Reply((Words("Hello — 你好, \u2028 done."),))
WEATHER: Final = Call("get_weather", {"at": "Köln"}, "call_1")
TIME: Final = Call("get_time", {"at": "Europe/Berlin"}, "call_2")


@dataclass(frozen=True)
class Capability:
    """``then`` is asked after the first answer: the conversation so far is put before it, the answer as it came.

    ``fault`` is what the provider fails with.
    """

    group: str
    name: str
    ask: Ask
    reply: Reply = HELLO
    then: Ask | None = None
    fault: Fault | None = None


def _user(text: str) -> Turn:
    return Turn("user", (Words(text),))


def _plain(**options: object) -> Ask:
    return Ask((_user("Say hello."),), options=dict(options))


def _tools(*calls: Call) -> Reply:
    return Reply(calls, "tools")


_ASK_TOOLS: Final = Ask((_user("Weather and time?"),), tools=("get_weather", "get_time"))
_THINK: Final = Ask((_user("Think first."),), thinks=True)
_THINK_TOOLS: Final = Ask((_user("Think first."),), thinks=True, tools=("get_weather",))
_THOUGHT: Final = Thought("Six times seven.", "c2lnbmF0dXJlIG9mIHRoZSBtYWtlcg==")

CAPABILITIES: Final = (
    Capability("Text", "plain text", _plain()),
    Capability("Text", "system prompt", Ask((_user("Say hello."),), system="Be brief.")),
    Capability(
        "Text", "multi-turn", Ask((_user("My name is Ada."), Turn("assistant", (Words("Hello Ada."),)), _user("Who?")))
    ),
    Capability("Tools", "one tool", Ask((_user("Weather?"),), tools=("get_weather",)), _tools(WEATHER)),
    Capability("Tools", "parallel tools", _ASK_TOOLS, _tools(WEATHER, TIME)),
    Capability(
        "Tools",
        "tool result round trip",
        _ASK_TOOLS,
        _tools(WEATHER, TIME),
        then=Ask((Turn("user", (Result("get_weather", "21 degrees"), Result("get_time", "21:10"))),)),
    ),
    Capability(
        "Tools",
        "forced tool",
        Ask((_user("Weather?"),), tools=("get_weather", "get_time"), forced="get_weather"),
        _tools(WEATHER),
    ),
    Capability("Media", "image in", Ask((Turn("user", (Words("What is it?"), Picture(PIXEL))),))),
    Capability(
        "Structured output", "JSON schema", Ask((_user("Where?"),), schema=SCHEMA), Reply((Words('{"city":"Köln"}'),))
    ),
    Capability("Reasoning", "thoughts shown", _THINK, Reply((Thought("Six times seven."), Words("42")))),
    Capability(
        "Reasoning",
        "signature round trip",
        _THINK_TOOLS,
        Reply((_THOUGHT, WEATHER), "tools"),
        then=Ask((Turn("user", (Result("get_weather", "21 degrees"),)),)),
    ),
    Capability("Stop reasons", "limit of tokens", _plain(), Reply((Words("This was cut"),), "length")),
    Capability("Stop reasons", "stop text", _plain(), Reply((Words("one two"),), "stop_sequence")),
    Capability("Stop reasons", "content filter", _plain(), Reply((Words("I"),), "filtered")),
    Capability("Usage", "cached input", _plain(), Reply((Words("Hi."),), spent=Spent(120, 9, cached=100))),
    Capability("Usage", "reasoning tokens", _plain(), Reply((Words("Hi."),), spent=Spent(21, 90, thought=64))),
    Capability("Parameters", "max tokens", _plain(max_tokens=64)),
    Capability("Parameters", "temperature", _plain(temperature=0.5)),
    Capability("Parameters", "top p", _plain(top_p=0.9)),
    Capability("Parameters", "top k", _plain(top_k=40)),
    Capability("Parameters", "stop texts", _plain(stop=["END"])),
    Capability("Parameters", "seed", _plain(seed=7)),
    Capability("Parameters", "presence penalty", _plain(presence_penalty=0.5)),
    Capability("Parameters", "several answers", _plain(n=2)),
    Capability("Errors", "401 wrong key", _plain(), fault="401"),
    Capability("Errors", "404 no such model", _plain(), fault="404"),
    Capability("Errors", "429 with retry-after", _plain(), fault="429"),
    Capability("Errors", "500", _plain(), fault="500"),
    Capability("Errors", "overloaded", _plain(), fault="overloaded"),
)
