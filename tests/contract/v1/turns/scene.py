"""What a model answers in the first turn, and what follows in the second: told in the words of no wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Thought:
    """``text`` is empty where the vendor shows none of it; it then has a seal or a signature alone."""

    text: str


@dataclass(frozen=True)
class Call:
    name: str
    arguments: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """The model, or a filter before it, does not answer."""


Item = Words | Thought | Call | Refused


@dataclass(frozen=True)
class Scene:
    """``items`` are answered. Calls are answered with results in the next turn; else a person says something."""

    name: str
    items: tuple[Item, ...]

    @property
    def calls(self) -> list[Call]:
        return [item for item in self.items if isinstance(item, Call)]

    @property
    def has_tools(self) -> bool:
        return bool(self.calls)

    @property
    def has_thoughts(self) -> bool:
        return any(isinstance(item, Thought) for item in self.items)

    @property
    def is_refused(self) -> bool:
        return any(isinstance(item, Refused) for item in self.items)


_PARIS: Final = Call("get_weather", {"at": "Paris"})
_OSLO: Final = Call("get_weather", {"at": "Osló"})
_NOW: Final = Call("get_time")

PARALLEL: Final = Scene(
    "thought, text and parallel calls",
    (Thought("Two cities, so two calls."), Words("I look it up."), _PARIS, _OSLO, _NOW),
)
SCENES: Final = (
    PARALLEL,
    Scene("a call that only a sealed thought precedes", (Thought(""), _PARIS)),
    Scene("white space before a call without arguments", (Words("\n\n"), _NOW)),
    Scene("a thought and an answer", (Thought("Six times seven."), Words("42"))),
    Scene("thoughts between text", (Thought("First this."), Words("So far."), Thought("Then that."), _OSLO)),
    Scene("text alone", (Words("Hello — 你好."),)),
    Scene("nothing but a refusal", (Refused(),)),
)
DONE: Final = Scene("the end", (Words("All is done."),))

RESULTS: Final = ("21 degrees", "3 degrees", "ten past nine")
"""What the tools answer, by the place of the call."""
