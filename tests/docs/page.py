"""A page of the documentation, as far as a reader types it: its blocks of code, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
TYPED = frozenset({"sh", "python", "ts"})


@dataclass(frozen=True)
class Block:
    """``prose`` is what stands between the block before and this one: what the reader is told to do first."""

    language: str
    text: str
    line: int
    prose: str


def read_blocks(page: Path) -> list[Block]:
    """The blocks that a reader types."""
    text = page.read_text(encoding="utf-8")
    blocks: list[Block] = []
    end = 0
    for found in _FENCE.finditer(text):
        indent, language, code = found.groups()
        if language in TYPED:
            lines = [line.removeprefix(indent) for line in code.splitlines()]
            line = text.count("\n", 0, found.start()) + 2
            blocks.append(Block(language, "\n".join(lines) + "\n", line, text[end : found.start()]))
        end = found.end()
    return blocks
