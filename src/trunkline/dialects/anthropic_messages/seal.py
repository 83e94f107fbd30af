"""Signatures and sealed thoughts: whose they are.

The vendor takes back only thoughts that it signed itself, and other vendors theirs. Its own seals are base64. One of
another vendor is written for a client as ``<format>:<id>:<seal>``, which no base64 can be; the client treats it as
opaque and sends it back, and so it finds its way to the vendor that can read it.

Google signs calls of tools and texts, and takes no call back without its signature
(https://ai.google.dev/gemini-api/docs/thought-signatures). Neither has room for one on this wire, so it stands in a
sealed thought of its own: before the call, and after the text, as streams tell it last.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from trunkline.core.chat import JsonValue, Part, Reasoning, Text, ToolCall

OURS: Final = "anthropic-claude-v1"
"""The vendor's own form, by its name in :attr:`trunkline.core.chat.Reasoning.format`."""


CALL: Final = "tool_call"
"""The form of a seal that belongs to the call after it."""


TEXT: Final = "text"
"""The form of a seal that belongs to the text before it."""


class Seal(NamedTuple):
    """A signature or a sealed thought, whose form it has, and the id of its thought."""

    value: str
    format: str | None = OURS
    id: str | None = None


def read_seal(wire: str) -> Seal:
    """What :func:`write_seal` wrote, or a seal of the vendor."""
    name, mark, rest = wire.partition(":")
    identity, second, value = rest.partition(":")
    return Seal(value, name, identity or None) if mark and second else Seal(wire)


def write_seal(seal: Seal) -> str:
    """The seal for a client. One whose form is not said is taken for the vendor's."""
    if seal.format is None or seal.format == OURS or ":" in seal.format or ":" in (seal.id or ""):
        return seal.value
    return f"{seal.format}:{seal.id or ''}:{seal.value}"


def write_proof(signature: str, form: str = CALL) -> dict[str, JsonValue]:
    """The block that carries the signature of the call after it, or of the text before it."""
    return {"type": "redacted_thinking", "data": write_seal(Seal(signature, form))}


def join_proofs(parts: Iterable[Part]) -> tuple[Part, ...]:
    """``parts`` with the signatures of calls and texts on these themselves. One that no call follows is left out."""
    joined: list[Part] = []
    proof: str | None = None
    for part in parts:
        if isinstance(part, Reasoning) and part.format == CALL:
            proof = part.redacted
            continue
        if isinstance(part, Reasoning) and part.format == TEXT:
            said = joined.pop() if joined and isinstance(joined[-1], Text) else Text("")
            joined.append(msgspec.structs.replace(said, signature=part.redacted))
            continue
        if isinstance(part, ToolCall) and proof is not None:
            joined.append(msgspec.structs.replace(part, signature=proof))
        else:
            joined.append(part)
        proof = None
    return tuple(joined)


def is_signed_here(format_: str | None, identity: str | None, *, summary: bool) -> bool:
    """Whether the vendor takes these thoughts back. Without a format, an id or a summary tells those of others."""
    return format_ == OURS if format_ is not None else identity is None and not summary
