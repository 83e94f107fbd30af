"""What each cell of the matrix must come to. Everything passes but what is listed here, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tests.contract.v1.matrix.capability import Capability
from tests.contract.v1.matrix.clients.client import Client
from tests.contract.v1.matrix.said import Unsayable
from tests.contract.v1.matrix.vendors.vendor import Vendor


@dataclass(frozen=True)
class Expected:
    """``told`` are the names that the client is told: in the header, or in the error. ``lost`` is what the provider
    does not hear, if anything that the matrix looks at; ``later`` what it does not hear in a second turn besides."""

    kind: Literal["passed", "dropped", "refused", "unsayable"]
    told: tuple[str, ...] = ()
    lost: str = ""
    later: str = ""


@dataclass(frozen=True)
class Row:
    """For calls of ``clients`` (all when empty) to ``vendors``, and a capability."""

    vendors: tuple[str, ...]
    capabilities: tuple[str, ...]
    expected: Expected
    why: str
    clients: tuple[str, ...] = ()


def _dropped(*told: str, lost: str = "") -> Expected:
    return Expected("dropped", told, lost)


_CLAUDE: Final = ("anthropic_messages", "bedrock_converse")
_THINKING: Final = ("thoughts shown", "signature round trip")
_OPENAI: Final = ("openai_chat", "openai_responses")

ROWS: Final = (
    Row(
        ("openai_chat", "ollama"),
        _THINKING,
        _dropped("reasoning.budget_tokens"),
        "the wire knows efforts only: a budget is told as the nearest one, or as thinking at all",
        clients=("anthropic_messages",),
    ),
    Row(
        ("openai_chat",),
        _THINKING,
        _dropped("reasoning.budget_tokens", "reasoning.include"),
        "the wire knows efforts only, and servers show thoughts unasked",
        clients=("gemini",),
    ),
    Row(
        ("ollama",),
        _THINKING,
        _dropped("reasoning.budget_tokens"),
        "thinking is only on or off, or an effort",
        clients=("gemini",),
    ),
    Row(
        ("openrouter", "gemini"),
        ("signature round trip",),
        Expected("passed", lost="signature"),
        "this client's wire has no place for signatures",
        clients=("ollama",),
    ),
    Row(
        _CLAUDE,
        ("signature round trip",),
        Expected("dropped", ("reasoning",), later="thoughts,thinks"),
        "this client's wire has no place for signatures: the maker takes no thought without one, nor thinks on then",
        clients=("ollama",),
    ),
    Row(("openai_responses",), ("temperature",), _dropped("temperature", lost="temperature"), "not with this model"),
    Row(("openai_responses",), ("top p",), _dropped("top_p", lost="top_p"), "not with this model"),
    Row(_CLAUDE, ("seed",), _dropped("seed", lost="seed"), "the wire has none"),
    Row(
        _CLAUDE,
        ("presence penalty",),
        _dropped("presence_penalty", lost="presence_penalty"),
        "the wire has none",
    ),
    Row(
        ("gemini",),
        ("presence penalty",),
        _dropped("presence_penalty", lost="presence_penalty"),
        "models after Gemini 2.0 refuse it",
    ),
    Row(
        ("anthropic_messages",),
        ("JSON schema",),
        _dropped("response_format.name"),
        "a schema has no name on this wire",
        clients=_OPENAI,
    ),
    Row(
        (*_CLAUDE, "gemini", "ollama"),
        ("image in",),
        _dropped("detail"),
        "how closely to look is not said per picture on these wires",
        clients=("openai_responses",),
    ),
    Row((*_CLAUDE, "ollama"), ("several answers",), Expected("refused", ("n",)), "one answer per call"),
    Row(
        ("ollama",),
        ("forced tool",),
        Expected("passed", lost="tools"),
        "it cannot be made to call a tool: the one tool's parameters are the schema of the answer, and that its call",
    ),
)


def expect(client: Client, vendor: Vendor, capability: Capability) -> Expected:
    """What the cell must come to."""
    try:
        vendor.says(capability.reply)
        client.write(capability.ask, "", False)
    except Unsayable:
        return Expected("unsayable")
    found = [
        row.expected
        for row in ROWS
        if vendor.name in row.vendors
        and capability.name in row.capabilities
        and (not row.clients or client.name in row.clients)
    ]
    assert len(found) <= 1, found
    return found[0] if found else Expected("passed")
