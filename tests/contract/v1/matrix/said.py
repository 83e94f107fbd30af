"""What is said in a call, in the words of no wire: what tests give one side and expect to find on the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Json = dict[str, Any]
Stop = Literal["stop", "length", "stop_sequence", "tools", "filtered"]
Fault = Literal["401", "404", "429", "500", "overloaded"]


class Unsayable(Exception):
    """A client's wire has no words for this."""


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Picture:
    """``data`` is base64 of a PNG."""

    data: str


@dataclass(frozen=True)
class Thought:
    """``signature`` must find its way back to whoever made it."""

    text: str
    signature: str = ""


@dataclass(frozen=True)
class Call:
    """The model asks for a tool. Ids are made by either side, so they are checked and not compared."""

    name: str
    arguments: Json
    id: str = field(default="", compare=False)


@dataclass(frozen=True)
class Result:
    """What the tool ``name`` answered, which is found by the id of its call where the wire has ids."""

    name: str
    text: str
    id: str = field(default="", compare=False)


Item = Words | Picture | Thought | Call | Result


@dataclass(frozen=True)
class Turn:
    """``echo`` is an earlier answer in the client's own wire, which it sends back as it came."""

    role: Literal["user", "assistant"]
    items: tuple[Item, ...]
    echo: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Ask:
    """A request. ``tools`` are names; each takes one string, ``at``. ``options`` are parameters by neutral name."""

    turns: tuple[Turn, ...]
    system: str = ""
    tools: tuple[str, ...] = ()
    forced: str = ""
    schema: Json | None = None
    thinks: bool = False
    options: Json = field(default_factory=dict)

    def without(self, lost: str) -> Ask:
        """The request less one thing: an option, or a field, or ``signature``s."""
        if lost in self.options:
            return replace(self, options={name: value for name, value in self.options.items() if name != lost})
        if lost == "signature":
            return replace(self, turns=tuple(_unsigned(turn) for turn in self.turns))
        if lost == "thoughts":
            return replace(self, turns=tuple(_thoughtless(turn) for turn in self.turns))
        return replace(self, **{lost: type(getattr(self, lost))()})


@dataclass(frozen=True)
class Spent:
    """Tokens. ``cached`` and ``thought`` are parts of the other two."""

    input: int = 21
    output: int = 9
    cached: int = 0
    thought: int = 0


@dataclass(frozen=True)
class Reply:
    """An answer."""

    items: tuple[Item, ...]
    stop: Stop = "stop"
    spent: Spent = Spent()


def _unsigned(turn: Turn) -> Turn:
    return replace(turn, items=tuple(Thought(i.text) if isinstance(i, Thought) else i for i in turn.items))


def _thoughtless(turn: Turn) -> Turn:
    return replace(turn, items=tuple(item for item in turn.items if not isinstance(item, Thought)))


def sign(items: list[Item], signature: str) -> None:
    """Give the last thought the signature that its wire puts on what follows it."""
    if signature:
        thoughts = [place for place, item in enumerate(items) if isinstance(item, Thought)]
        thought = items[thoughts[-1]]
        assert isinstance(thought, Thought)
        items[thoughts[-1]] = replace(thought, signature=signature)


def mask(reply: Reply) -> Reply:
    """With signatures that are equal: what a client is shown of one is opaque to it."""
    items = tuple(
        replace(i, signature="…" if i.signature else "") if isinstance(i, Thought) else i for i in reply.items
    )
    return replace(reply, items=items)


def tool_schema() -> Json:
    """The parameters of every tool here."""
    return {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}
