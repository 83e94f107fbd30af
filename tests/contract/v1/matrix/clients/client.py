"""What the matrix needs to know of a client's wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.contract.v1.matrix.said import Ask, Json, Reply


@dataclass(frozen=True)
class Client:
    """A wire as a client speaks it, written from the vendor's documentation alone.

    ``path`` is of a model and whether the answer is streamed; ``write`` raises ``Unsayable``; ``gather`` puts a stream
    together to what ``read`` and ``echo`` take: a whole answer. ``sees`` is what a client can see of a reply, where its
    wire knows less. ``field`` finds the name of the refused field in the body of an error.
    """

    name: str
    title: str
    path: Callable[[str, bool], str]
    key_header: str
    key_prefix: str
    write: Callable[[Ask, str, bool], Json]
    gather: Callable[[bytes], Json]
    read: Callable[[Json], Reply]
    echo: Callable[[Json], Any]
    error: Callable[[Json], str]
    sees: Callable[[Reply], Reply] = lambda reply: reply


def events(raw: bytes) -> Iterator[tuple[str, Json]]:
    """The events of a well-formed stream: name (empty without one) and JSON data. ``[DONE]`` is checked to be last."""
    text = raw.decode()
    assert text.endswith("\n\n"), text[-80:]
    blocks = text[:-2].split("\n\n")
    for place, block in enumerate(blocks):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if not fields:
            continue
        if fields["data"] == "[DONE]":
            assert place == len(blocks) - 1
            return
        yield fields.get("event", ""), json.loads(fields["data"])
