"""Thoughts that only their maker can open, and ids that we made up.

A reasoning item carries ``encrypted_content``, which the vendor takes back only where it sealed it itself
(https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items). Its own seals are base64. A signature or
seal of another vendor is written for a client as ``<format>:<seal>``, which no base64 can be; the client treats it as
opaque and sends it back, and so it finds its way to the vendor that can read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Reasoning

OURS: Final = "openai-responses-v1"
"""The vendor's own form, by its name in :attr:`trunkline.core.chat.Reasoning.format`."""


def read_seal(wire: str) -> tuple[str, str]:
    """The seal and whose form it has."""
    name, mark, seal = wire.partition(":")
    return (seal, name) if mark else (wire, OURS)


def write_seal(seal: str, form: str | None) -> str:
    """The ``encrypted_content`` for a client. A seal whose form is not said is taken for the vendor's."""
    return seal if form is None or form == OURS or ":" in form else f"{form}:{seal}"


def make_id(prefix: str, response: str, index: int) -> str:
    """The id of the item at ``index`` of the answer ``response``: ``msg_resp_1_0``, say."""
    return f"{prefix}_{response}_{index}"


def vendor_id(wire: str | None, prefix: str) -> str | None:
    """The id of an item, None for one that :func:`make_id` made up: no vendor knows it.

    The vendor's own have no underscore behind the prefix.
    """
    if not wire:
        return None
    _, mark, tail = wire.removeprefix(f"{prefix}_").rpartition("_")
    made = wire.startswith(f"{prefix}_") and mark and tail.isascii() and tail.isdigit()
    return None if made else wire


def read_thoughts(
    identity: str | None, summaries: Iterable[str], contents: Iterable[str], encrypted: str | None
) -> list[Reasoning]:
    """The thoughts of one reasoning item: one per text, the seal on the last; one that is only sealed; or none.

    What another vendor signed is the thinking itself, though it may stand under ``summary`` for the client's sake.
    """
    summed = not encrypted or _sums_up(read_seal(encrypted)[1])
    thoughts = [Reasoning(text, id=identity, summary=summed) for text in summaries]
    thoughts += [Reasoning(text, id=identity) for text in contents]
    if encrypted:
        seal, form = read_seal(encrypted)
        if thoughts:
            thoughts[-1] = msgspec.structs.replace(thoughts[-1], signature=seal, format=form)
        else:
            thoughts.append(Reasoning(redacted=seal, id=identity, format=form))
    return thoughts


def _sums_up(form: str) -> bool:
    """Whether a vendor seals its thoughts and shows a summary of them. All of this wire do, by whatever name."""
    return form.endswith(OURS.removeprefix("openai-"))


def shown(thought: Reasoning, *, summarize: bool) -> Reasoning:
    """``thought`` as its client reads it: most clients of this wire look at summaries alone, once they ask for them.

    https://platform.openai.com/docs/guides/reasoning#reasoning-summaries. The empty text of a bare signature stays.
    """
    if not summarize or thought.summary or not thought.text:
        return thought
    return msgspec.structs.replace(thought, summary=True)


def belongs_to(thought: Reasoning, group: list[Reasoning]) -> bool:
    """Whether ``thought`` stands in the same item as ``group``: the ids are the same, and no seal has closed it."""
    last = group[-1]
    return thought.id is not None and last.id == thought.id and last.signature is None and last.redacted is None


def write_thoughts(group: list[Reasoning], identity: str) -> dict[str, JsonValue]:
    """The reasoning item that holds ``group``."""
    summaries: list[JsonValue] = []
    contents: list[JsonValue] = []
    item: dict[str, JsonValue] = {"id": identity, "type": "reasoning", "summary": summaries}
    for thought in group:
        seal = thought.signature or thought.redacted
        text = thought.text
        if text is None and thought.signature is not None and thought.format not in {None, OURS}:
            text = ""  # a signature without its text, told from a seal by an empty text
        if text is not None:
            if thought.summary:
                summaries.append({"type": "summary_text", "text": text})
            else:
                contents.append({"type": "reasoning_text", "text": text})
        if seal is not None:
            item["encrypted_content"] = write_seal(seal, thought.format)
    if contents:
        item["content"] = contents
    return item


def is_taken_back(group: list[Reasoning]) -> bool:
    """Whether the vendor takes these thoughts back: it sealed them itself, or keeps them under their id."""
    last = group[-1]
    if last.format is not None:
        return last.format == OURS
    return last.id is not None and last.id.startswith("rs_")
