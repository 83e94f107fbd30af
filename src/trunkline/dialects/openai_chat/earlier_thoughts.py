"""Thoughts of earlier answers in a request that passes, written as its server takes them.

Clients send back what they were given, by whatever server: ``reasoning_content``, ``reasoning``, ``reasoning_details``
or chunks of the content. Strict servers refuse those that they do not know (Groq: "property 'reasoning_content' is
unsupported"). The forms are those of :data:`~trunkline.dialects.passthrough.EarlierThoughts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.openai_chat.chunk import ContentPiece
from trunkline.dialects.passthrough import EarlierThoughts
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said

Turn: TypeAlias = "dict[str, msgspec.Raw]"

_FIELDS: Final = ("reasoning_content", "reasoning", "reasoning_details")
_NAMES: Final[dict[str, str]] = {"reasoning": "reasoning", "rounds": "reasoning_content"}
"""What the text is called in a form that has a field of its own for it."""
_SIGNS: Final = (*(b'"%b"' % name.encode() for name in _FIELDS), b'"thinking"')

_turns: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_pieces: Final = msgspec.json.Decoder(list[msgspec.Raw])
_piece: Final = msgspec.json.Decoder(ContentPiece)


def fit_thoughts(messages: msgspec.Raw, form: EarlierThoughts) -> tuple[msgspec.Raw, bool]:
    """``messages`` with thoughts in ``form``, and whether some had to be left out.

    ``messages`` are read only where a search finds a sign of thoughts; what is not of the wire's form is left as it
    is, for the server to judge. Servers of the forms ``content`` and ``details`` take what they are sent.
    """
    data = bytes(messages)
    if form in ("content", "details") or not any(sign in data for sign in _SIGNS):
        return messages, False
    try:
        turns = _turns.decode(messages)
    except BROKEN_JSON:
        return messages, False
    kept = find_rounds([(_role(turn), is_said(turn.get("tool_calls", ABSENT))) for turn in turns])
    changed = lost = False
    for place, turn in enumerate(turns):
        if _role(turn) != "assistant":
            continue
        before = dict(turn)
        text = _take(turn)
        if text and (form == "none" or (form == "rounds" and place not in kept)):
            lost = True
        elif text:
            _put(turn, text, form)
        changed = changed or turn != before
    return (msgspec.Raw(msgspec.json.encode(turns)) if changed else messages), lost


def find_rounds(turns: Sequence[tuple[str, bool]]) -> set[int]:
    """The places of answers to a user during which a tool was called. ``turns`` are roles, and whether they call."""
    found: set[int] = set()
    answers: list[int] = []
    calls = False
    for place, (role, calling) in enumerate([*turns, ("user", False)]):
        if role == "user":
            found.update(answers if calls else ())
            answers, calls = [], False
        elif role == "assistant":
            answers.append(place)
            calls = calls or calling
    return found


def write_chunk(text: str) -> dict[str, JsonValue]:
    """A thought as Mistral's content has it."""
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}], "closed": True}


def read_text(turn: Turn) -> str:
    """The text of the thoughts of ``turn``; empty where there is none that a field shows."""
    return _take(dict(turn))


def _role(turn: Turn) -> str:
    return bytes(turn.get("role", ABSENT)).decode(errors="replace").strip('"')


def _take(turn: Turn) -> str:
    """Takes the thoughts out of ``turn``. Where several fields hold them, all say the same."""
    texts = [_text_of(turn.pop(name)) for name in _FIELDS if name in turn]
    content = bytes(turn.get("content", ABSENT))
    if b'"thinking"' in content and content.startswith(b"["):
        texts.insert(0, _take_chunks(turn))
    return next((text for text in texts if text), "")


def _text_of(raw: msgspec.Raw) -> str:
    value = decode(raw)
    if isinstance(value, str):
        return value
    details = [detail for detail in value if isinstance(detail, dict)] if isinstance(value, list) else []
    said = [detail.get("text") or detail.get("summary") for detail in details]
    return "\n\n".join(text for text in said if isinstance(text, str))


def _take_chunks(turn: Turn) -> str:
    try:
        pieces = [(raw, _piece.decode(raw)) for raw in _pieces.decode(turn["content"])]
    except BROKEN_JSON:
        return ""
    left = [raw for raw, piece in pieces if piece.type != "thinking"]
    if len(left) < len(pieces):
        texts = [piece.text for _, piece in pieces if piece.type == "text" and piece.text is not None]
        plain = len(texts) == len(left)
        turn["content"] = _raw("".join(texts) if plain else left) if left else _raw(None)
    return "\n\n".join(piece.thought for _, piece in pieces if piece.type == "thinking" and piece.thought)


def _put(turn: Turn, text: str, form: EarlierThoughts) -> None:
    if form in _NAMES:
        turn[_NAMES[form]] = _raw(text)
        return
    content = turn.get("content", ABSENT)
    rest: list[object] = []
    if bytes(content).startswith(b"["):
        rest.extend(_pieces.decode(content))
    elif is_said(content) and bytes(content) != b'""':
        rest.append({"type": "text", "text": content})
    turn["content"] = _raw([write_chunk(text), *rest])


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
