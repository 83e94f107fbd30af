"""Streams beside chat as the answers in one piece that they could have been, for readers of what was captured.

- plain completions: https://platform.openai.com/docs/api-reference/completions;
- pictures, transcripts and speech, as events with a ``type``:
  https://platform.openai.com/docs/api-reference/images-streaming and
  https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.dialects.raw_json import decode
from trunkline.dialects.sse import EventReader, EventTooLarge

_HEAD: Final = ("id", "object", "created", "model")
_PARTS: Final = (".delta", ".partial_image")
_ENDS: Final = (".done", ".completed")


def join_completion(stream: bytes) -> bytes | None:
    """Chunks of plain text as one completion; None for what has none."""
    head: JsonObject = {}
    choices: dict[int, JsonObject] = {}
    usage: JsonValue = None
    error: JsonValue = None
    for chunk in _read(stream):
        if not head:
            head = {name: chunk[name] for name in _HEAD if name in chunk}
        usage = chunk.get("usage") or usage
        error = chunk.get("error") or error
        pieces = chunk.get("choices")
        for piece in pieces if isinstance(pieces, list) else []:
            if isinstance(piece, dict):
                _add(choices, piece)
    if not choices and error is None:
        return None
    whole: JsonObject = {**head, "choices": [choices[index] for index in sorted(choices)]}
    if usage is not None:
        whole["usage"] = usage
    if error is not None:
        whole["error"] = error
    return msgspec.json.encode(whole)


def _add(choices: dict[int, JsonObject], piece: JsonObject) -> None:
    index = piece.get("index")
    index = index if isinstance(index, int) else 0
    choice = choices.setdefault(index, {"index": index, "text": "", "finish_reason": None})
    said, text = choice["text"], piece.get("text")
    choice["text"] = f"{said}{text}" if isinstance(text, str) else said
    choice["finish_reason"] = piece.get("finish_reason") or choice["finish_reason"]


def join_events(stream: bytes) -> bytes | None:
    """The events that are more than a part of a later one: the one that there is, or a list. None where there is none.

    Of a stream that ended before a whole was told, the text of its parts as one, or else the last of them.
    """
    whole: list[JsonValue] = []
    said: list[str] = []
    last: JsonObject | None = None
    ended = False
    for event in _read(stream):
        kind = event.get("type")
        kind = kind if isinstance(kind, str) else ""
        if kind.endswith(_PARTS):
            last, text = event, event.get("delta")
            said += [text] if isinstance(text, str) else []
        else:
            ended = ended or kind.endswith(_ENDS)
            whole.append(event)
    if not ended and last is not None:
        whole.insert(0, {**last, "delta": "".join(said)} if said else last)
    if not whole:
        return None
    return msgspec.json.encode(whole[0] if len(whole) == 1 else whole)


def _read(stream: bytes) -> Iterator[JsonObject]:
    reader = EventReader()
    try:
        # Of a stream that was cut the last event may be no more than begun.
        for event in reader.feed(stream + b"\n\n"):
            value = decode(event.data)
            if isinstance(value, dict):
                yield value
    except EventTooLarge:
        return
