"""The events of OpenAI's realtime sessions, as far as a gateway must know them. All others pass unread.

https://developers.openai.com/api/docs/guides/realtime-conversations; what each holds:
https://developers.openai.com/api/reference/resources/realtime
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.dialects.openai_operations.usage import read_usage
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, find_texts, is_said

RESPONSE_CREATE: Final = "response.create"
SESSION_UPDATE: Final = "session.update"
ITEM_CREATE: Final = "conversation.item.create"
APPEND: Final = "input_audio_buffer.append"
RESPONSE_CREATED: Final = "response.created"
RESPONSE_DONE: Final = "response.done"
TRANSCRIBED: Final = "conversation.item.input_audio_transcription.completed"
SESSION_STATES: Final = frozenset({"session.created", "session.updated"})
ERROR: Final = "error"

SOUNDS: Final = frozenset({"response.output_audio.delta", "response.audio.delta"})
WORDS: Final = frozenset(
    {
        "response.output_text.delta",
        "response.output_audio_transcript.delta",
        "response.function_call_arguments.delta",
        "response.text.delta",
        "response.audio_transcript.delta",
    }
)
"""Pieces of an answer. Those of the older interface have the shorter names."""

_PCM_PER_MS: Final = 48
"""Bytes of a millisecond: 24,000 samples a second of two bytes each."""

_G711_PER_MS: Final = 8
_G711: Final = frozenset({"audio/pcmu", "audio/pcma", "g711_ulaw", "g711_alaw"})


class Event(msgspec.Struct, frozen=True):
    """One event of either side; what is a value of its own is not decoded."""

    type: str = ""
    event_id: str | None = None
    response_id: str | None = None
    audio: msgspec.Raw = ABSENT
    delta: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
    item: msgspec.Raw = ABSENT
    response: msgspec.Raw = ABSENT
    session: msgspec.Raw = ABSENT
    usage: msgspec.Raw = ABSENT


class ResponseSummary(msgspec.Struct, frozen=True):
    """What ``response.created`` and ``response.done`` say of a response.

    ``status`` is ``completed``, ``cancelled``, ``failed``, ``incomplete`` or ``in_progress``.
    """

    id: str = ""
    status: str = ""
    usage: Usage | None = None


class Setting(msgspec.Struct, frozen=True):
    """What a session is set to. ``most_output`` is None where the model's own limit holds, ``transcribes`` the model
    that writes down what is said, where one does."""

    speaks: bool = True
    most_output: int | None = None
    transcribes: str | None = None
    in_per_ms: int = _PCM_PER_MS
    out_per_ms: int = _PCM_PER_MS


class _Response(msgspec.Struct, frozen=True):
    id: str | None = None
    status: str | None = None
    usage: msgspec.Raw = ABSENT


class _Error(msgspec.Struct, frozen=True):
    event_id: str | None = None


_event = msgspec.json.Decoder(Event)
_response = msgspec.json.Decoder(_Response)
_error = msgspec.json.Decoder(_Error)


def read_event(message: bytes) -> Event | None:
    """The event that ``message`` is; None for what is none."""
    try:
        return _event.decode(message)
    except BROKEN_JSON:
        return None


def read_response(raw: msgspec.Raw) -> ResponseSummary:
    """What is said of a response; nothing where it cannot be read."""
    try:
        read = _response.decode(raw) if is_said(raw) else _Response()
    except BROKEN_JSON:
        read = _Response()
    return ResponseSummary(read.id or "", read.status or "", read_usage(read.usage))


def read_cause(raw: msgspec.Raw) -> str | None:
    """The id of the client's event that an error is about, where it is told."""
    try:
        return _error.decode(raw).event_id if is_said(raw) else None
    except BROKEN_JSON:
        return None


def read_setting(raw: msgspec.Raw) -> Setting:
    """How a server says that a session is set, in the newer form and in the older one."""
    session = _fields(decode(raw))
    audio = _fields(session.get("audio"))
    given, made = _fields(audio.get("input")), _fields(audio.get("output"))
    transcription = _fields(given.get("transcription", session.get("input_audio_transcription")))
    modalities = session.get("output_modalities", session.get("modalities"))
    model = transcription.get("model")
    if session.get("type") == "transcription" and model is None:
        model = session.get("model")
    return Setting(
        speaks=not isinstance(modalities, list) or "audio" in modalities,
        most_output=_read_most(session, "max_output_tokens", "max_response_output_tokens"),
        transcribes=model if isinstance(model, str) else None,
        in_per_ms=_per_ms(given.get("format", session.get("input_audio_format"))),
        out_per_ms=_per_ms(made.get("format", session.get("output_audio_format"))),
    )


def read_model(raw: msgspec.Raw) -> str | None:
    """The model that a client's setting of a session names."""
    model = _fields(decode(raw)).get("model")
    return model if isinstance(model, str) else None


def read_most_output(raw: msgspec.Raw) -> int | None:
    """The most tokens that a response may have, where what asks for it says so."""
    return _read_most(_fields(decode(raw)), "max_output_tokens", "max_response_output_tokens")


def read_texts(raw: msgspec.Raw) -> Iterator[str]:
    """Every text in an item, a response or a session that a client sends; sounds and pictures are none."""
    return find_texts(_leave_out_sound(decode(raw))) if is_said(raw) else iter(())


def count_sound(raw: msgspec.Raw) -> int:
    """Bytes of sound in an item: what is written in Base64 in its parts."""
    item = _fields(decode(raw)) if is_said(raw) else {}
    parts = item.get("content")
    if not isinstance(parts, list):
        return 0
    sounds = [_fields(part).get("audio") for part in parts]
    return sum(len(sound) * 3 // 4 for sound in sounds if isinstance(sound, str))


def measure(raw: msgspec.Raw) -> int:
    """Bytes that a text in Base64 stands for, by its length alone."""
    return max(len(bytes(raw)) - 2, 0) * 3 // 4 if is_said(raw) else 0


def name_event(message: bytes, event_id: str) -> bytes:
    """``message``, an event without an id, with that one."""
    start = message.index(b"{") + 1
    return message[:start] + b'"event_id":' + msgspec.json.encode(event_id) + b"," + message[start:]


def set_model(message: bytes, model: str) -> bytes:
    """``message``, which sets a session, with another model."""
    fields = msgspec.json.decode(message, type=dict[str, msgspec.Raw])
    session = msgspec.json.decode(fields["session"], type=dict[str, msgspec.Raw])
    session["model"] = msgspec.Raw(msgspec.json.encode(model))
    fields["session"] = msgspec.Raw(msgspec.json.encode(session))
    return msgspec.json.encode(fields)


def write_error_event(error: bytes, event_id: str, cause: str | None) -> bytes:
    """``error``, an error object as OpenAI's calls answer it, as an event about the client's event ``cause``."""
    told = _fields(_fields(decode(error)).get("error"))
    return msgspec.json.encode({"type": ERROR, "event_id": event_id, "error": {**told, "event_id": cause}})


def write_cancel(response_id: str) -> bytes:
    """The event that stops a response."""
    return msgspec.json.encode({"type": "response.cancel", "response_id": response_id})


def _leave_out_sound(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        kept = {name: each for name, each in value.items() if not (name == "audio" and isinstance(each, str))}
        return {name: _leave_out_sound(each) for name, each in kept.items()}
    return [_leave_out_sound(each) for each in value] if isinstance(value, list) else value


def _read_most(fields: dict[str, JsonValue], *names: str) -> int | None:
    found = [fields[name] for name in names if name in fields]
    return next((most for most in found if isinstance(most, int) and not isinstance(most, bool) and most > 0), None)


def _per_ms(said: JsonValue) -> int:
    name = said if isinstance(said, str) else _fields(said).get("type")
    return _G711_PER_MS if name in _G711 else _PCM_PER_MS


def _fields(value: JsonValue) -> dict[str, JsonValue]:
    return cast("dict[str, JsonValue]", value) if isinstance(value, dict) else {}
