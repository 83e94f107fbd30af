"""Thoughts on this wire: ``reasoning_content``, ``reasoning`` and OpenRouter's ``reasoning_details``.

https://openrouter.ai/docs/use-cases/reasoning-tokens#reasoning_details-array-structure. The details hold the same text
as the plain fields and more: signatures, sealed pieces, ids. So where both stand, the details are read alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trunkline.core.chat import JsonValue, Reasoning
from trunkline.dialects.openai_chat.chunk import ReasoningDetail


def read_details(details: Iterable[ReasoningDetail]) -> list[Reasoning]:
    """A thought per entry; a sealed piece belongs to the entry of the same id before it. Unknown types are skipped."""
    thoughts: list[Reasoning] = []
    for detail in details:
        if detail.type == "reasoning.encrypted":
            last = thoughts[-1] if thoughts else None
            if last is not None and detail.id is not None and last.id == detail.id and last.redacted is None:
                thoughts[-1] = msgspec.structs.replace(last, redacted=detail.data)
                continue
            thoughts.append(Reasoning(redacted=detail.data, id=detail.id, format=detail.format))
        elif detail.type == "reasoning.summary":
            thoughts.append(
                Reasoning(
                    detail.summary or "", signature=detail.signature, id=detail.id, summary=True, format=detail.format
                )
            )
        elif detail.type == "reasoning.text":
            thoughts.append(
                Reasoning(detail.text or "", signature=detail.signature, id=detail.id, format=detail.format)
            )
    return thoughts


def write_details(thoughts: Sequence[Reasoning]) -> list[JsonValue]:
    """The details of ``thoughts``; none when they are nothing but text, which the plain field says already."""
    if (
        all(
            thought.signature is None
            and thought.redacted is None
            and thought.id is None
            and thought.format is None
            and not thought.summary
            for thought in thoughts
        )
        and len(thoughts) < 2
    ):
        return []
    details: list[JsonValue] = []
    for thought in thoughts:
        if thought.text is not None:
            kind, key = ("reasoning.summary", "summary") if thought.summary else ("reasoning.text", "text")
            details.append(_detail(thought, {"type": kind, key: thought.text}, len(details), signed=True))
        if thought.redacted is not None:
            sealed: dict[str, JsonValue] = {"type": "reasoning.encrypted", "data": thought.redacted}
            details.append(_detail(thought, sealed, len(details), signed=thought.text is None))
        elif thought.text is None and thought.signature is not None:
            details.append(_detail(thought, {"type": "reasoning.text", "text": ""}, len(details), signed=True))
    return details


def plain_text(thoughts: Iterable[Reasoning]) -> str:
    """All text, for the plain field."""
    return "\n\n".join(thought.text for thought in thoughts if thought.text)


def _detail(thought: Reasoning, detail: dict[str, JsonValue], index: int, *, signed: bool) -> JsonValue:
    if signed and thought.signature is not None:
        detail["signature"] = thought.signature
    if thought.id is not None:
        detail["id"] = thought.id
    if thought.format is not None:
        detail["format"] = thought.format
    detail["index"] = index
    return detail
