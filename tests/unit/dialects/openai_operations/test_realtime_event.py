"""Events of realtime sessions, in the newer form and in the older one, and what is none."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import msgspec
import pytest

from trunkline.dialects.openai_operations import realtime_event as wire
from trunkline.dialects.openai_operations.realtime_event import ResponseSummary, Setting


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


@pytest.mark.parametrize("message", [b"", b"[]", b"null", b'{"type": 5}', b'{"type": "x"', b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_none(message: bytes) -> None:
    assert wire.read_event(message) is None


def test_the_newer_setting_is_read() -> None:
    session = {
        "type": "realtime", "output_modalities": ["text"], "max_output_tokens": 900,
        "audio": {
            "input": {"format": {"type": "audio/pcmu"}, "transcription": {"model": "whisper-1"}},
            "output": {"format": {"type": "audio/pcm", "rate": 24000}},
        },
    }  # fmt: skip
    assert wire.read_setting(raw(session)) == Setting(
        speaks=False, most_output=900, transcribes="whisper-1", in_per_ms=8, out_per_ms=48
    )


def test_the_older_setting_is_read() -> None:
    session = {
        "modalities": ["text", "audio"], "max_response_output_tokens": "inf", "input_audio_format": "g711_ulaw",
        "output_audio_format": "g711_alaw", "input_audio_transcription": {"model": "gpt-4o-transcribe"},
    }  # fmt: skip
    assert wire.read_setting(raw(session)) == Setting(transcribes="gpt-4o-transcribe", in_per_ms=8, out_per_ms=8)


@pytest.mark.parametrize("session", [None, 5, [], {}, {"audio": 5, "modalities": 5, "max_output_tokens": True}])
def test_a_setting_that_says_nothing_is_the_usual_one(session: Any) -> None:
    assert wire.read_setting(raw(session)) == Setting()


def test_a_response_tells_its_usage() -> None:
    told = wire.read_response(raw({"id": "r", "status": "completed", "usage": {"input_tokens": 3, "output_tokens": 2}}))
    assert (told.id, told.status) == ("r", "completed")
    assert told.usage is not None
    assert told.usage.total == 5
    assert wire.read_response(raw({"id": 5})) == ResponseSummary()
    assert wire.read_response(raw({"id": "r", "usage": None})).usage is None


def test_every_text_is_seen_and_no_sound() -> None:
    item = {
        "type": "message",
        "content": [
            {"type": "input_text", "text": "one"},
            {"type": "input_audio", "audio": "UklGRg==", "transcript": "two"},
            {"type": "input_image", "image_url": "data:image/png;base64,AAAA"},
        ],
        "output": '{"three": 3}',
    }
    texts = set(wire.read_texts(raw(item)))
    assert {"one", "two", '{"three": 3}'} <= texts
    assert not any("UklGRg" in text or "base64" in text for text in texts)


@pytest.mark.parametrize("size", [3, 300, 4_800])
def test_the_length_of_sound_is_told_by_its_text(size: int) -> None:
    text = b64encode(bytes(size)).decode()
    assert wire.measure(raw(text)) == size
    assert wire.count_sound(raw({"content": [{"audio": text}, {"audio": 5}, 7]})) == size
    assert wire.count_sound(raw({"content": 5})) == 0


def test_an_event_without_an_id_is_given_one() -> None:
    named = wire.name_event(b' {"type":"response.create","response":{"a":1.10}}', 'e"1')
    assert json.loads(named) == {"event_id": 'e"1', "type": "response.create", "response": {"a": 1.10}}
    assert b"1.10" in named


def test_the_model_of_a_session_alone_is_replaced() -> None:
    message = b'{"type":"session.update","session":{"model":"voice","x":1.10},"event_id":"e"}'
    assert wire.set_model(message, "gpt-realtime") == message.replace(b"voice", b"gpt-realtime")


def test_an_error_is_told_as_an_event_about_what_caused_it() -> None:
    error = b'{"error":{"message":"No.","type":"requests","param":null,"code":"rate_limit_exceeded"}}'
    event = json.loads(wire.write_error_event(error, "event_1", "mine"))
    assert (event["type"], event["event_id"], event["error"]["event_id"]) == ("error", "event_1", "mine")
    assert event["error"]["code"] == "rate_limit_exceeded"
    assert wire.read_cause(raw(event["error"])) == "mine"
    assert wire.read_cause(raw([])) is None
