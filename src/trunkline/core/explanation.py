"""A model's words about a text that it judged, kept only if they repeat nothing of the text."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 500
"""Characters of an explanation that are kept."""

WITHHELD: Final = "The judge's explanation is withheld, because it repeats something of what was sent."
UNEXPLAINED: Final = "The judge gave no reason."

_RUN: Final = 5
"""So many words in a row, found in the text too, are a quotation."""

_WORD: Final = re.compile(r"[\w@]+")
_SPACE: Final = re.compile(r"\s+")


def clean(explanation: str, text: str, policy: str) -> str:
    """``explanation`` in one line, or :data:`WITHHELD` when it quotes ``text`` or names what only the text names.

    What stands in ``policy`` is no secret: its words may be repeated.
    """
    line = _SPACE.sub(" ", "".join(char if char.isprintable() else " " for char in explanation)).strip()
    if not line:
        return UNEXPLAINED
    from trunkline.core.personal_data import find_kinds  # noqa: PLC0415 - its libraries are large, and few have a judge

    line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    if find_kinds((line,), ("email", "phone", "iban", "creditCard"), ()) or _repeats(line, text, policy):
        return WITHHELD
    return line


def _repeats(line: str, text: str, policy: str) -> bool:
    words, sent = _WORD.findall(line), _WORD.findall(text)
    known = {word.casefold() for word in _WORD.findall(policy)}
    spelled = set(sent)
    for before, word in zip(["", *words], words, strict=False):
        # A number, an address, or a name: what begins with a capital letter though no sentence begins with it.
        telling = any(char.isdigit() or char == "@" for char in word)
        name = word[:1].isupper() and bool(before) and f". {word}" not in line
        if (telling or name) and word in spelled and word.casefold() not in known:
            return True
    quiet = [word.casefold() for word in sent]
    runs = {tuple(quiet[at : at + _RUN]) for at in range(len(quiet) - _RUN + 1)}
    own = [word.casefold() for word in words]
    return any(tuple(own[at : at + _RUN]) in runs for at in range(len(own) - _RUN + 1))
