"""What the matrix needs to know of a provider's wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.contract.v1.matrix.said import Ask, Fault, Json, Reply, Result, Turn


@dataclass(frozen=True)
class Failing:
    """How a provider fails: the status line, the body, and further headers."""

    status: str
    body: Json
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Vendor:
    """A wire as a provider speaks it, written from the vendor's documentation alone.

    ``path`` is what a request must go to, for the model and whether the answer is streamed. ``hear`` reads a request,
    and fails for what the vendor would refuse. ``says`` is what the wire can say of a reply; it raises ``Unsayable``
    for what no provider of the wire ever answers. ``clients`` are those whose calls go to it; all where it is empty.
    ``base`` is the path of its base URL, and ``key`` whether it asks for one.
    """

    name: str
    title: str
    provider: str
    model: str
    path: Callable[[str, bool], str]
    hear: Callable[[Json, bool], Ask]
    answer: Callable[[Reply], Json]
    stream: Callable[[Reply], list[bytes]]
    faults: Mapping[Fault, Failing]
    stream_kind: str = "text/event-stream"
    says: Callable[[Reply], Reply] = lambda reply: reply
    clients: tuple[str, ...] = ()
    base: str = ""
    key: bool = True


def known(body: Json, *names: str) -> None:
    """Fail for a field that the vendor does not know: strict ones refuse it."""
    unknown = body.keys() - set(names)
    assert not unknown, f"unknown fields: {sorted(unknown)}"


def event(data: Json, name: str = "") -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def name_results(turns: list[Turn], calls: Mapping[str, str]) -> tuple[Turn, ...]:
    """Results by the name of the tool whose call they answer. Fails for one that answers none."""

    def rename(turn: Turn) -> Turn:
        return Turn(
            turn.role,
            tuple(
                Result(calls[item.id], item.text, item.id) if isinstance(item, Result) else item for item in turn.items
            ),
        )

    return tuple(rename(turn) for turn in turns)
