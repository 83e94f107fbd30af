"""What the second turn needs of a provider's wire: answers as the vendor gives them, and what a request brings back."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.contract.v1.turns.scene import Json, Scene


@dataclass
class Heard:
    """What a request says of the turns before: calls as (id, name, arguments), results as (id, text), thoughts as
    (text, signature or seal), and the texts that hold more than white space. Ids are empty where the wire has none."""

    calls: list[tuple[str, str, Json]] = field(default_factory=list)
    results: list[tuple[str, str]] = field(default_factory=list)
    thoughts: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def say(self, text: str | None) -> None:
        if text and text.strip():
            self.texts.append(text)


@dataclass(frozen=True)
class Maker:
    """``answer`` and ``stream`` give the bytes for a scene; ``hear`` reads a request; ``thoughts`` are those that the
    vendor wants back from its own answer to a scene."""

    answer: Callable[[Scene], bytes]
    stream: Callable[[Scene], list[bytes]]
    hear: Callable[[Json], Heard]
    thoughts: Callable[[Scene], list[tuple[str, str]]]
    kind: str = "text/event-stream"


def sign(house: str, number: int) -> str:
    """A signature that tells who made it to those who look: base64, as all vendors' are."""
    return b64encode(f"signed by {house}, thought {number}: \xfb\xff".encode("latin-1")).decode()


def event(data: Json, name: str = "") -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def cut(text: str) -> list[str]:
    """``text`` in two pieces, as streams bring it."""
    return [text[:3], text[3:]] if len(text) > 3 else [text]
