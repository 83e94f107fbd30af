"""Writes docs/conformance.md from what the tests of the matrix hold to be true."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.contract.v1.matrix.capability import CAPABILITIES, Capability
from tests.contract.v1.matrix.clients import CLIENTS
from tests.contract.v1.matrix.clients.client import Client
from tests.contract.v1.matrix.expectation import ROWS, expect
from tests.contract.v1.matrix.second_turns import NOT_COVERED, tell_rules, tell_turns
from tests.contract.v1.matrix.vendors import VENDORS
from tests.contract.v1.matrix.vendors.vendor import Vendor

PAGE: Final = Path(__file__).parents[4] / "docs" / "conformance.md"
HEAD: Final = """\
# Conformance

What each client may ask of each provider, whatever wire either of them speaks. Every cell is a test
(`tests/contract/v1/matrix`): a request in the client's wire goes through the gateway to a server that speaks the
provider's, which checks what it is asked; its answer is checked in the client's wire. Each is run streamed and not.

This page is made by those tests, which fail when it differs from what they hold to be true; further below it says what
else is checked, by what, and what is not. To make it anew:
`TRUNKLINE_WRITE_DOCS=1 .venv/bin/pytest tests/contract/v1/matrix/test_page.py`

| sign | meaning |
| --- | --- |
| ✓ | passed: it arrives whole, in both directions |
| ✓ less … | passed, but for these details: harmless to leave out, and named in the `x-trunkline-dropped` header |
| 400 … | refused, with the name of the field, since leaving it out would change the answer |
| – | one of the two wires has no words for it |

What a wire cannot tell is not asked of it: some have no signatures, so that thoughts go round without, and most do not
tell a stop text from a natural end. An empty cell is a pair that is never joined: OpenAI's responses are asked for only
by clients of that wire. For errors, ✓ means that the client gets the status and the shape that its own SDK understands:
404 and 429 as they are (with `retry-after`), 503 for an overloaded provider, and 502 for one that fails or refuses the
gateway's own key.
"""


LIBRARIES: Final = """\
## Client libraries

`make clients` runs programs of these libraries, as their documentation writes them, through a real Trunkline to aimock
and to an Ollama that refuses what the real one refuses, and writes the result here.
"""
BEGIN: Final = "<!-- clients: written by make clients -->"
END: Final = "<!-- end of clients -->"


def write_page() -> str:
    """The whole page. The result of the client libraries stays as it stands there."""
    parts = [*_tables(), *_reasons(), "", *tell_rules(), *tell_turns(), LIBRARIES, BEGIN + _result() + END, ""]
    return "\n".join([HEAD, *parts, NOT_COVERED])


def _result() -> str:
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0] or "\n"


def _tables() -> Iterator[str]:
    """A table per group, with a row for each capability and client."""
    for group, members in groupby(CAPABILITIES, lambda capability: capability.group):
        yield f"## {group}\n"
        yield "| capability | client ↓ provider → | " + " | ".join(vendor.title for vendor in VENDORS.values()) + " |"
        yield "| --- | --- |" + " --- |" * len(VENDORS)
        for capability in members:
            for place, client in enumerate(CLIENTS.values()):
                name = "" if place else f"**{capability.name}**"
                cells = (_cell(client, vendor, capability) for vendor in VENDORS.values())
                yield f"| {name} | {client.title} | " + " | ".join(cells) + " |"
        yield ""


def _cell(client: Client, vendor: Vendor, capability: Capability) -> str:
    if vendor.clients and client.name not in vendor.clients:
        return ""
    expected = expect(client, vendor, capability)
    names = ", ".join(f"`{name}`" for name in expected.told)
    return {"passed": "✓", "dropped": f"✓ less {names}", "refused": f"400 {names}", "unsayable": "–"}[expected.kind]


def _reasons() -> Iterator[str]:
    yield "## Why\n"
    yield "What differs by model is as with these:\n"
    yield from (f"- {vendor.title}: `{vendor.model}`" for vendor in VENDORS.values())
    yield "\n| provider | capability | told | why |"
    yield "| --- | --- | --- | --- |"
    for row in ROWS:
        providers = ", ".join(VENDORS[name].title for name in row.vendors)
        names = ", ".join(f"`{name}`" for name in row.expected.told)
        yield f"| {providers} | {', '.join(row.capabilities)} | {names} | {row.why} |"
